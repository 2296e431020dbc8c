"""Systems that are asked over HTTP, on the deployed stack: a CRM, a webhook and a survey tool."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.conftest import Segue
from tests.vendors import PROTOCOLS, SECRETS, Vendor, running
from tests.vendors.protocols import webhook
from tests.vendors.server import DROPS
from tools.day.hub_driver import HubDriver
from tools.segue import local_secrets
from tools.segue.entrances import WebhookOptions, name_event, post_webhook

ASKED = {**PROTOCOLS, "webhook": webhook(lambda: datetime.now(UTC))}
RULE: dict[str, Any] = {
    "rule_id": "systems",
    "strategy": "systems",
    "event": "customer.signed_up",
    "when": "customer.person.last_name == 'Systems'",
    "status": "live",
    "priority": 20,  # The invitation is marketing, of which one rule sends: `welcome` has 10.
    "then": [
        {
            "do": "update",
            "connector": "salesforce",
            "operation": "create_task",
            "fields": {"Subject": "Welcome {{ customer.person.first_name }}"},
        },
        {"do": "notify", "connector": "webhook", "fields": {"tier": "{{ customer.loyalty.tier }}"}},
        {
            "do": "notify",
            "connector": "surveymonkey",
            "channel": "email",
            "purpose": "marketing",
            "fields": {"collector": "99", "subject": "How was it?", "text": "[SurveyLink]"},
        },
    ],
}


@pytest.fixture
def vendors(driver: HubDriver) -> Iterator[dict[str, Vendor]]:
    """The three of them, their secrets put in place, and a rule that asks them all."""
    with ExitStack() as stack:
        made = {
            name: stack.enter_context(running(ASKED[name]))
            for name in ("salesforce", "surveymonkey", "webhook")
        }
        secret = local_secrets.read_secret(driver.hub, "ConnectorSecretsArn")
        places = {name: {**SECRETS[name], "url": vendor.url} for name, vendor in made.items()}
        local_secrets.write_secret(driver.hub, "ConnectorSecretsArn", {**secret, **places})
        driver.hub.table("Rules").put_item(Item=RULE)
        note = driver.wait_for("the rule is published", lambda: _published(driver))
        driver.wait_for(
            "it decides", lambda: driver.is_deciding(int(note["catalogue"])), seconds=30
        )
        yield made
        driver.hub.table("Rules").delete_item(Key={"rule_id": RULE["rule_id"]})


def test_each_system_is_asked_once_whatever_happens_to_it(
    driver: HubDriver, segue: Segue, vendors: dict[str, Vendor]
) -> None:
    """The webhook takes the message and its reply is lost: asked again, it drops the repeat. The
    CRM failed others often: it is left alone, holds nobody up, and is asked when its rest is over.
    The survey tool's reply is lost too, and nobody can know: that is for a person to settle."""
    vendors["webhook"].faults = [DROPS]
    vendors["surveymonkey"].faults = [DROPS]
    _circuit_opens(driver, "salesforce", seconds=6)
    event_id = _sign_up(driver)
    unknown = driver.wait_for(
        "the survey is unknown", lambda: _ended(driver, event_id, 2, "unknown")
    )
    driver.wait_for("the webhook is told", lambda: _ended(driver, event_id, 1, "delivered"))
    driver.wait_for("the CRM has its task", lambda: _ended(driver, event_id, 0, "delivered"))
    assert {name: len(vendor.books.effects) for name, vendor in vendors.items()} == {
        "salesforce": 1,
        "surveymonkey": 1,
        "webhook": 1,
    }
    assert vendors["webhook"].books.acts == 2
    assert vendors["salesforce"].books.acts == vendors["surveymonkey"].books.acts == 1
    assert (
        driver.hub.table("Throttles").get_item(Key={"name": "salesforce"})["Item"]["failures"] == 0
    )
    [line] = [row for row in _rows(segue("unknowns", "--json")) if row["action"] == unknown["id"]]
    assert (line["system"], "settle" in line["do"]) == ("surveymonkey", True)
    settled = segue("unknowns", "settle", unknown["id"], "delivered", "--note", "they have it")
    assert settled.code == 0, settled.err
    driver.wait_for("it is settled", lambda: _ended(driver, event_id, 2, "delivered"))
    again = segue("unknowns", "settle", unknown["id"], "failed", "--note", "or not")
    assert (again.code, "only unknown actions" in again.err) == (1, True)


def _published(driver: HubDriver) -> Any:
    row: Any = driver.hub.table("Rules").get_item(Key={"rule_id": RULE["rule_id"]})["Item"]
    assert not row.get("published", {}).get("problems"), row
    return row.get("published")


def _sign_up(driver: HubDriver) -> str:
    body = json.loads(driver.read_payload("sign-up-bernd"))
    body["data"] |= {
        "id": f"systems-{driver.run_id}",
        "email": driver.get_email("systems"),
        "last_name": "Systems",
        "loyalty": {"number": f"S-{driver.run_id}", "tier": "Gold"},
    }
    body["data"].pop("phone", None)
    delivery_id = f"sign-up-systems-{driver.run_id}"
    assert post_webhook(
        driver.hub, "shop", json.dumps(body).encode(), WebhookOptions(delivery_id)
    ).is_accepted
    driver.accepted["shop"] += 1
    return name_event("shop", delivery_id)


def _circuit_opens(driver: HubDriver, name: str, seconds: int) -> None:
    """As after failures in other processes."""
    now = Decimal(int(datetime.now(UTC).timestamp()))
    row: dict[str, Any] = {"failures": 5, "failing_since": now, "rests_until": now + seconds}
    driver.hub.table("Throttles").put_item(Item={"name": name, "full_at": 0, "version": 1, **row})


def _ended(driver: HubDriver, event_id: str, place: int, status: str) -> dict[str, Any] | None:
    """The action of the rule's verb in that place, once it ended so."""
    decision = driver.find_decision("systems", event_id) or {"actions": []}
    ours = [a for a in decision["actions"] if a["rule_id"] == RULE["rule_id"]]
    return next((a for a in ours[place : place + 1] if a["status"] == status), None)


def _rows(said: Any) -> list[dict[str, Any]]:
    return [row for line in said.lines for row in (line if isinstance(line, list) else [line])]
