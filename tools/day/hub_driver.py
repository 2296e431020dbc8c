"""Drives a hub through its entrances, and waits for results up to a time limit."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from string import Template
from typing import Any, TypeVar

import urllib3
from rich.console import Console
from rich.text import Text

from hub.kernel.times import to_iso
from tools.segue.decision_api import post
from tools.segue.entrances import WebhookOptions, name_event, post_webhook
from tools.segue.explanation import explain_customer
from tools.segue.hub import Hub
from tools.segue.local_home import ROOT, UserError

EXAMPLE = ROOT / "examples" / "retail"
LOYALTY_OF_ANN = "14911"
INTERVAL = 0.3
T = TypeVar("T")


class UnexpectedResultError(Exception):
    """The hub did not do what was expected in time."""


@dataclass
class HubDriver:
    """Sends to a hub and reads what came of it.

    `run_id` keeps the people of this run apart from those of other runs. `accepted` counts accepted
    events by source. `console` shows what was confirmed and what the driver waits for.
    """

    hub: Hub
    call_centre: Mapping[str, Any]
    run_id: str
    console: Console
    accepted: Counter[str] = field(default_factory=Counter)

    def wait_for(self, what: str, look: Callable[[], T | None], seconds: float = 120) -> T:
        """Return the first true result of `look`. Raises UnexpectedResultError after `seconds`."""
        deadline = time.monotonic() + seconds
        with self.console.status(Text(f"{what} ...")):
            while not (found := look()):
                if time.monotonic() > deadline:
                    raise UnexpectedResultError(f"{what}: not within {seconds:.0f} s")
                time.sleep(INTERVAL)
        self.report(what)
        return found

    def report(self, what: str) -> None:
        self.console.print(Text(f"  ✓ {what}", style="green"), soft_wrap=True)

    def expect(self, what: str, holds: object) -> None:
        if not holds:
            raise UnexpectedResultError(f"{what}: no")
        self.report(what)

    def read_payload(self, name: str) -> bytes:
        """Return `examples/retail/payloads/<name>.json` with the names of this run in it."""
        text = (EXAMPLE / "payloads" / f"{name}.json").read_text()
        now = to_iso(datetime.now(UTC))
        return (
            Template(text).substitute(run=self.run_id, now=now, card_of_ann=LOYALTY_OF_ANN).encode()
        )

    def post(self, source: str, name: str, again: str = "") -> str:
        """Send a signed payload and return its event's id. Raises if it is not accepted."""
        delivery_id = f"{name}-{self.run_id}{again}"
        answer = post_webhook(
            self.hub, source, self.read_payload(name), WebhookOptions(delivery_id)
        )
        if not answer.is_accepted:
            raise UnexpectedResultError(f"{source} sent {name}: refused with {answer.status}")
        self.accepted[source] += 1
        return name_event(source, delivery_id)

    def call_api(self, what: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post to `decisions` or `responses`, which count as accepted events."""
        self.accepted["answer"] += 1
        return post(self.hub, what, body)

    def get_email(self, name: str) -> str:
        return f"{name}.{self.run_id}@example.com"

    def find_decision(self, who: str, event_id: str) -> dict[str, Any] | None:
        """Return the decision on that event, if any. Its actions carry their status."""
        return next((d for d in self.read_decisions(who) if d["event_id"] == event_id), None)

    def read_decisions(self, who: str) -> list[dict[str, Any]]:
        """Return the last decisions about one of the run's people; none if they are unknown."""
        try:
            return explain_customer(self.hub, self.get_email(who), last=50).decisions
        except UserError:
            return []

    def is_deciding(self, number: int) -> bool:
        """Return whether that catalogue or a later one decides.

        It sends a change in the CRM, on which no rule listens, and looks at the decision.
        """
        self.post("crm", "tier-bernd", f".{self.accepted['crm']}")
        return any(
            int(decision["catalogue"]) >= number for decision in self.read_decisions("bernd")
        )

    def find_delivered_action(self, who: str, event_id: str) -> dict[str, Any] | None:
        """Return the decision's first delivered action, if any."""
        decision = self.find_decision(who, event_id) or {"actions": []}
        delivered = [a for a in decision["actions"] if a["status"] == "delivered"]
        return delivered[0] if delivered else None

    def read_reconciliation(self, key: str) -> dict[str, Any] | None:
        """Return the reconciliation of a dropped file, if the file was read to its end."""
        bucket, name = self.hub.output("FilesBucket"), f"{key}.reconciliation.json"
        if not self.hub.s3.list_objects_v2(Bucket=bucket, Prefix=name).get("Contents"):
            return None
        found = self.hub.s3.get_object(Bucket=bucket, Key=name)["Body"].read()
        account: dict[str, Any] = json.loads(found)
        return account if account["finished_at"] else None

    def find_mail(self, reference: str) -> dict[str, Any]:
        """Return the e-mail that the emulator's SES accepted under that message id."""
        answer = urllib3.request("GET", f"{self.hub.endpoint}/_ministack/ses/messages")
        boxes: dict[str, list[dict[str, Any]]] = json.loads(answer.data)["messages"]
        return next(m for box in boxes.values() for m in box if m["MessageId"] == reference)

    def find_task(self, reference: str) -> dict[str, Any]:
        """Return the call task that the call centre accepted under that id."""
        headers = {"Authorization": f"Bearer {self.call_centre['token']}"}
        answer = urllib3.request("GET", f"{self.call_centre['url']}/tasks", headers=headers)
        tasks: list[dict[str, Any]] = json.loads(answer.data)["tasks"]
        return next(task for task in tasks if task["id"] == reference)
