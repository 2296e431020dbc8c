"""The loop on the deployed stack: a message, the sale it led to, what that ends, and its return."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from hub.model.promo_code import derive_promo_code
from tests.e2e.conftest import Segue
from tools.day.hub_driver import HubDriver
from tools.segue.entrances import WebhookOptions, post_webhook

WORDS = {"template": "tea", "goal": "item.purchased"}
ROWS: dict[str, dict[str, Any]] = {
    "Templates": {
        "template_id": "tea",
        "purpose": "marketing",
        "default_language": "en",
        "email": {
            "en": {
                "subject": "Tea",
                "text": "Tea for {{ customer.person.first_name }}: {{ decision.code }}.",
            }
        },
        "call": {"en": {"script": "Ask about tea."}},
    },
    "Rules": {
        "rule_id": "tea",
        "strategy": "tea",
        "event": "customer.signed_up",
        "when": "customer.person.last_name == 'Teetrinker'",
        "priority": 50,
        "then": [
            {"do": "send", "channel": "email", "answer_within": "10s", **WORDS},
            {"do": "call", "queue": "tea", "reason": "tea", **WORDS},
        ],
        "status": "live",
    },
}
COLUMNS = "RecordType,Store,Till,Receipt,Date,Time,Item,Description,Quantity,Price,Card,PromoCode"


@pytest.fixture(scope="module")
def tea(driver: HubDriver) -> Iterator[HubDriver]:
    """Whoever signs up under the name of Teetrinker is offered tea, by mail and by telephone."""
    for table, row in ROWS.items():
        driver.hub.table(table).put_item(Item=row)
    number = driver.wait_for("the rule is published", lambda: _published(driver))
    driver.wait_for("it decides", lambda: driver.is_deciding(number), seconds=30)
    yield driver
    driver.hub.table("Rules").delete_item(Key={"rule_id": "tea"})


def test_a_sale_with_a_code_converts_the_decision_and_a_return_takes_that_back(
    tea: HubDriver, segue: Segue
) -> None:
    buyer, other = _sign_up(tea, "Carla"), _sign_up(tea, "Dora")
    sent = tea.wait_for(
        "she has the mail and lies with the call centre", lambda: _sent(segue, buyer)
    )
    mail, call = sent["email"], sent["call"]
    code = derive_promo_code(mail["id"])
    assert f"Tea for Carla: {code}." in str(tea.find_mail(mail["reference"]))
    _rings_up(tea, "S", buyer, code.lower())
    sale = tea.wait_for("the sale is decided", lambda: _on(segue, buyer, "item.purchased"))
    (owed,) = sale["attributions"]
    assert (owed["action_id"], owed["by"], owed["amount"]) == (mail["id"], "code", 1250)
    tea.wait_for(
        "her sign-up says so", lambda: "converted" in _on(segue, buyer, "customer.signed_up")
    )
    tea.wait_for("nobody will call her", lambda: tea.find_task(call["reference"]).get("withdrawn"))
    _rings_up(tea, "R", buyer, "")
    back = tea.wait_for("the return is decided", lambda: _on(segue, buyer, "item.returned"))
    assert [one["amount"] for one in back["attributions"]] == [-1250]
    tea.wait_for("the other never answered", lambda: _on(segue, other, "response.missing"))
    told = tea.wait_for("it is archived", lambda: _account(segue))
    assert told["attributed"] + told["unattributed"] == told["sold"] - told["returned"]


def test_an_erased_customer_is_unknown(tea: HubDriver, segue: Segue) -> None:
    who = _sign_up(tea, "Emil")
    tea.wait_for("he is known", lambda: _on(segue, who, "customer.signed_up"))
    assert segue("erase", who["email"], "--json").lines[0]["done"] is False
    assert segue("erase", who["email"], "--yes", "--json").lines[0]["done"] is True
    tea.wait_for("his keys are gone", lambda: segue("explain", who["email"]).code == 1)


def _published(driver: HubDriver) -> int:
    """The catalogue's number; 0 before."""
    row = driver.hub.table("Rules").get_item(Key={"rule_id": "tea"})["Item"]
    note: Any = row.get("published", {})
    return int(note["catalogue"]) if note.get("status") == "live" else 0


def _sign_up(driver: HubDriver, name: str) -> dict[str, str]:
    card = f"7{uuid4().int % 10**9:09}"
    email = f"{name.lower()}.{card}@example.com"
    data = {
        "id": f"tea-{card}",
        "email": email,
        "phone": f"+4420718{card[-5:]}",
        "first_name": name,
        "last_name": "Teetrinker",
        "language": "en",
        "address": {"country": "GB", "time_zone": "Europe/London"},
        "loyalty": {"number": card, "tier": "Basic"},
        "consents": {"newsletter": True, "service_mail": True, "sales_calls": True},
    }
    # The till tells whole seconds: a sale of this second would be of before the sign-up.
    at = (datetime.now(ZoneInfo("UTC")) - timedelta(minutes=1)).isoformat()
    body = {"type": "customer.created", "created_at": at, "data": data}
    answer = post_webhook(
        driver.hub, "shop", json.dumps(body).encode(), WebhookOptions(f"tea-{card}")
    )
    assert answer.is_accepted
    driver.accepted["shop"] += 1
    return {"email": email, "card": card}


def _rings_up(driver: HubDriver, kind: str, who: Mapping[str, str], code: str) -> None:
    """A till's file of one line."""
    now, card = datetime.now(ZoneInfo("Europe/London")), who["card"]
    pieces, at = (1 if kind == "S" else -1), f"{now:%Y%m%d},{now:%H%M%S}"
    row = f"{kind},0042,007,{card[-8:]},{at},tea,Tea,{pieces},12.50,{card},{code}"
    driver.hub.s3.put_object(
        Bucket=driver.hub.output("FilesBucket"),
        Key=f"till_ibm/{kind}-{card}.csv",
        Body=f"{COLUMNS}\n{row}\n".encode(),
    )
    driver.accepted["till_ibm"] += 1


def _decisions(segue: Segue, who: Mapping[str, str]) -> list[dict[str, Any]]:
    said = segue("explain", who["email"], "--last", "50", "--json")
    found: list[dict[str, Any]] = said.lines[0]["decisions"] if said.code == 0 else []
    return found


def _on(segue: Segue, who: Mapping[str, str], event_type: str) -> dict[str, Any]:
    decisions = _decisions(segue, who)
    return next((d for d in decisions if d["event_type"] == event_type), {})


def _sent(segue: Segue, who: Mapping[str, str]) -> dict[str, Any]:
    """The actions by channel, once the providers have both."""
    actions = {a["channel"]: a for d in _decisions(segue, who) for a in d["actions"]}
    ended = [a for a in actions.values() if a["status"] == "delivered"]
    return actions if len(ended) == len(actions) == 2 else {}


def _account(segue: Segue) -> dict[str, Any]:
    """Once the till's sales are in the archive."""
    said = segue("attribution", "--json")
    assert said.code == 0, said.err
    told: dict[str, Any] = said.lines[0].get("GBP", {})
    return told if told.get("by_way", {}).get("code") == 0 else {}
