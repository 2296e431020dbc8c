"""Silence: how long it takes from a purchase at the hub's API until nothing more goes out.

It runs on a local hub of its own. Every customer has messages on their way on two channels and a
reminder to come. All baskets and then all purchases come as fast as the API accepts them, so what
lies in the queues before a purchase is in its time: the worst case, which depends more on the
machine than on the hub.

From the moment at which the shop was answered to that at which the purchase was decided, or to the
end of a message that was under way just then, whichever is later. `decided_at` is taken before the
customer is written, so an attempt within `WRITING` of it may have looked before that write.
"""

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from string import Template
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from hub.kernel.times import parse_time, to_iso
from tests.bench import Figures, Tell
from tools.day.hub_driver import EXAMPLE, HubDriver
from tools.segue.balance import compute_balance, is_decision, scan
from tools.segue.entrances import WebhookOptions, post_webhook
from tools.segue.explanation import find_customer
from tools.segue.hub import Hub
from tools.segue.local_home import Home, UserError
from tools.segue.local_hub import start_hub, stop_hub
from tools.segue.screen import Screen

PURCHASES = 500
POSTERS = 4
WRITING = timedelta(seconds=1)
PATIENCE = 900.0
GOAL = {"goal": "order.completed", "expires": "1d"}
SAY = {"template": "basket", **GOAL}
RULES: tuple[dict[str, Any], ...] = (
    {
        "rule_id": "left",
        "event": "cart.abandoned",
        "then": [
            {"do": "send", "channel": "email", **SAY},
            {"do": "call", "queue": "sales", "reason": "a basket", **SAY},
            {"do": "wait", "for": "90s", "then": "cart.reminder_due"},
        ],
    },
    {
        "rule_id": "remind",
        "event": "cart.reminder_due",
        "then": [{"do": "send", "channel": "email", **SAY}],
    },
)
TEMPLATE: dict[str, Any] = {
    "template_id": "basket",
    "purpose": "service",
    "default_language": "en",
    "email": {
        "en": {"subject": "Your basket", "text": "It waits, {{ customer.person.first_name }}."}
    },
    "call": {"en": {"script": "Ask about the basket."}},
}


def figures(tell: Tell) -> Figures:
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        try:
            return _measured(start_hub(home, _silent(), port=0), home, tell)
        finally:
            stop_hub(home, _silent())


def _measured(hub: Hub, home: Home, tell: Tell) -> Figures:
    runs = [f"{number:04}" for number in range(PURCHASES)]
    driver = HubDriver(hub, home.read()["call_centre"], "bench", Console(quiet=True))
    _publish(driver)
    tell(f"silence: {PURCHASES} customers sign up")
    with ThreadPoolExecutor(POSTERS) as posters:
        list(posters.map(lambda run: _post(hub, "sign-up-ann", run), runs))
        driver.wait_for("all have signed up", lambda: compute_balance(hub).is_settled, PATIENCE)
        tell("silence: each leaves a basket, and buys")
        list(posters.map(lambda run: _post(hub, "cart-ann", run), runs))
        accepted = list(posters.map(lambda run: _post(hub, "order-ann", run), runs))
    driver.wait_for("every reminder is due", lambda: _reminded(hub), PATIENCE)
    driver.wait_for("the hub is at rest", lambda: compute_balance(hub).is_settled, PATIENCE)
    bought = {
        find_customer(hub, f"ann.{run}@example.com")[0]: at
        for run, at in zip(runs, accepted, strict=True)
    }
    return _told(bought, hub)


def _post(hub: Hub, name: str, run: str) -> datetime:
    """The payload with a person of its own in it; when the hub had it."""
    text = (EXAMPLE / "payloads" / f"{name}.json").read_text()
    now = to_iso(datetime.now(UTC))
    body = Template(text).substitute(run=run, now=now, card_of_ann=f"9{run}").encode()
    answer = post_webhook(hub, "shop", body, WebhookOptions(f"{name}-{run}"))
    if not answer.is_accepted:
        raise UserError(f"The shop was refused with {answer.status}.")
    return datetime.now(UTC)


def _told(bought: Mapping[str, datetime], hub: Hub) -> Figures:
    """`bought` is when the hub had each customer's purchase."""
    decided = {
        item["customer_id"]: parse_time(str(item["decided"]).partition("#")[0])
        for item in filter(is_decision, scan(hub, "Decisions"))
        if item["event_type"] == "order.completed"
    }
    sent: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for line in scan(hub, "Ledger"):
        if line["status"] == "delivered" and not line["action_id"].endswith(".withdrawn"):
            sent[line["customer_id"]].append(line)
    times, after, before = [], 0, 0
    for customer_id, accepted_at in bought.items():
        at, lines = decided[customer_id], sent[customer_id]
        after += sum(parse_time(line["opened_at"]) > at + WRITING for line in lines)
        before += len(lines)
        quiet = max([at, *(parse_time(line["settled_at"]) for line in lines)])
        times.append(max(0.0, (quiet - accepted_at).total_seconds() * 1000))
    return {
        "silence.purchases": len(times),
        "silence.median_ms": round(median(times), 1),
        "silence.worst_ms": round(max(times), 1),
        "silence.sent_before": before,
        "silence.sent_after": after,
    }


def _publish(driver: HubDriver) -> None:
    common = {"strategy": "basket", "audience": "everybody", "status": "live"}
    driver.hub.table("Templates").put_item(Item=TEMPLATE)
    for rule in RULES:
        driver.hub.table("Rules").put_item(Item={**rule, **common})
    for rule in RULES:
        key = {"rule_id": rule["rule_id"]}
        driver.wait_for("it is published", lambda k=key: _published(driver.hub, k))  # type: ignore[misc]  # mypy takes no default of a lambda


def _published(hub: Hub, key: Mapping[str, Any]) -> bool:
    note: Any = hub.table("Rules").get_item(Key=dict(key)).get("Item", {}).get("published", {})
    return bool(note.get("catalogue"))


def _reminded(hub: Hub) -> bool:
    events = [item["event_type"] for item in filter(is_decision, scan(hub, "Decisions"))]
    return events.count("cart.reminder_due") == PURCHASES


def _silent() -> Screen:
    nowhere = Console(quiet=True)
    return Screen(out=nowhere, progress=nowhere)
