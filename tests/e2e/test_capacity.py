"""Stock and call load come in as events; what is scarce is shared out, and never twice."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from boto3.dynamodb.conditions import Key

from hub.catalogue.domain.catalogue import Catalogue
from hub.kernel.safe_id import to_opaque_id
from hub.kernel.times import to_iso
from hub.model.decision import Action
from tests.e2e.conftest import Segue
from tests.e2e.hand_made import decide_by_hand, make_event
from tools.day.hub_driver import HubDriver
from tools.segue.archived_episodes import make_catalogue_reader
from tools.segue.balance import compute_balance
from tools.segue.entrances import WebhookOptions, name_event, post_webhook
from tools.segue.explanation import read_decisions, read_ledger_lines

NOW = datetime.now(UTC)
SLOTS = 2
ROWS: dict[str, dict[str, Any]] = {
    "Policies": {
        "policy_id": "race",
        "kind": "capacity",
        "queue": "race",
        "slots": SLOTS,
        "per": "at_once",
        "status": "live",
    },
    "Templates": {
        "template_id": "race",
        "purpose": "service",
        "default_language": "en",
        "call": {"en": {"script": "They asked for a call."}},
    },
    "Rules": {
        "rule_id": "race",
        "strategy": "race",
        "event": "race.wanted",
        "audience": "everybody",
        "then": [{"do": "call", "queue": "race", "template": "race", "reason": "they asked"}],
        "status": "live",
    },
}
REACHED_BY_PHONE = {
    "contact": {"phone": "+442071838750"},
    "consent": {"call": {"service": True}},
}
_numbers = count(1)


@pytest.fixture
def race(driver: HubDriver) -> Iterator[Catalogue]:
    """The catalogue with a queue of two slots and a rule that asks for one, while it is tested."""
    for table, row in ROWS.items():
        driver.hub.table(table).put_item(Item=row)
    published = driver.wait_for("the rule is published", lambda: _published(driver))
    yield make_catalogue_reader(driver.hub)(int(published["catalogue"]))
    for table, row in reversed(ROWS.items()):
        key = next(iter(row))
        driver.hub.table(table).delete_item(Key={key: row[key]})


def test_facts_are_known_and_belong_to_no_customer(driver: HubDriver) -> None:
    before = compute_balance(driver.hub)
    _feed(driver, "stock", [_level("cup", 12), _level("pot", 0)])
    load = {"queue": "retention", "agents_free": 3, "calls_waiting": 5}
    _feed(driver, "call_load", [load | {"measured_at": int(NOW.timestamp())}])
    begun = {"change": "started", "code": "ADVENT", "changed_at": to_iso(NOW)}
    _feed(driver, "promotions", begun)
    late = _feed(driver, "stock", [_level("cup", 99, ago=1), _level("jar", 4)])
    last = name_event("stock", late[1])
    driver.wait_for("the last is counted", lambda: _row(driver, "event", last))
    driver.wait_for(
        "all is at rest", lambda: _noted(driver) - sum(before.surroundings.values()) == 6
    )
    known = {"cup": {"available": 12}, "pot": {"available": 0}, "jar": {"available": 4}}
    assert {name: _said(driver, "stock", name) for name in known} == known
    assert _said(driver, "queues", "retention") == {"free": 3, "waiting": 5}
    assert _said(driver, "promotions", "ADVENT") == {"active": True}
    assert (
        compute_balance(driver.hub).decided.keys().isdisjoint({"stock", "call_load", "promotions"})
    )


def test_the_unreadable_parts_of_a_feed_are_parked(driver: HubDriver, segue: Segue) -> None:
    ids = _feed(driver, "stock", [_level("lid", 1), _level("box", 1) | {"available": "some"}])
    driver.wait_for("the good one is known", lambda: _row(driver, "stock", "lid"))
    row = driver.wait_for("the other is parked", lambda: _parked(segue, ids[1]))
    assert row["field"] == "available"
    assert "a whole number" in row["reason"]


def test_a_decision_names_the_surroundings_it_was_made_in(driver: HubDriver) -> None:
    _feed(driver, "stock", [_level("mug", 7)])
    driver.wait_for("it is known", lambda: _row(driver, "stock", "mug"))
    around = driver.wait_for("it is decided in what is known now", lambda: _around(driver, "mug"))
    assert around["stock"]["mug"]["available"] == 7


def test_two_of_five_customers_get_the_two_slots_and_three_a_refusal(
    driver: HubDriver, race: Catalogue
) -> None:
    """All five are decided before any is claimed for, as happens while the figures are fresh; all
    behind their decisions is the deployed stack."""
    calls = [_wants_a_call(driver, race, f"race-{place}-{driver.run_id}") for place in range(5)]
    ended = driver.wait_for("all have an end", lambda: _ended(driver, [call.id for call in calls]))
    assert sorted(ended.values()) == ["delivered"] * SLOTS + ["refused"] * 3
    assert _taken(driver, "queue:race") == SLOTS
    for call in calls:
        if ended[call.id] == "refused":
            driver.wait_for("they are told", lambda a=call: _told(driver, a))  # type: ignore[misc]  # mypy takes no default of a lambda
    for call in calls:
        if ended[call.id] == "delivered":
            _is_over(driver, call)
    driver.wait_for("the slots come back", lambda: _taken(driver, "queue:race") == 0)
    last = _wants_a_call(driver, race, f"race-last-{driver.run_id}")
    driver.wait_for("they are had by another", lambda: _ended(driver, [last.id]))
    assert _taken(driver, "queue:race") == 1


def _level(product: str, available: int, ago: float = 0) -> dict[str, Any]:
    counted_at = to_iso(NOW - timedelta(hours=ago))
    return {"sku": product, "available": available, "counted_at": counted_at}


def _feed(driver: HubDriver, source: str, body: Any) -> list[str]:
    answer = post_webhook(driver.hub, source, json.dumps(body).encode(), WebhookOptions())
    assert answer.is_accepted, answer
    taken = answer.body["accepted"]
    ids = taken if isinstance(taken, list) else [taken]
    driver.accepted[source] += len(ids)
    return ids


def _parked(segue: Segue, delivery_id: str) -> Any:
    rows = segue("parked", "list", "--json").lines
    flat = [row for line in rows for row in (line if isinstance(line, list) else [line])]
    return next((row for row in flat if row["delivery_id"] == to_opaque_id(delivery_id)), None)


def _noted(driver: HubDriver) -> int:
    return sum(compute_balance(driver.hub).surroundings.values())


def _row(driver: HubDriver, kind: str, name: str) -> dict[str, Any] | None:
    found = driver.hub.table("Surroundings").get_item(Key={"kind": kind, "name": name})
    return found.get("Item")


def _said(driver: HubDriver, kind: str, name: str) -> Any:
    row = _row(driver, kind, name)
    return row and json.loads(row["says"])


def _around(driver: HubDriver, product: str) -> dict[str, Any] | None:
    event_id = driver.post("crm", "tier-bernd", f".around-{next(_numbers)}")
    decision = driver.wait_for("it is decided", lambda: driver.find_decision("bernd", event_id))
    if not decision["surroundings"]:
        return None
    name = f"surroundings/{decision['surroundings']}.json"
    kept = driver.hub.s3.get_object(Bucket=driver.hub.output("ArchiveBucket"), Key=name)
    around: dict[str, Any] = json.loads(kept["Body"].read())
    return around if product in around["stock"] else None


def _wants_a_call(driver: HubDriver, catalogue: Catalogue, customer_id: str) -> Action:
    """Decides on a new customer as the hub does, whatever has been claimed in the meantime."""
    event = make_event("race.wanted", f"{customer_id}.wanted", customer_id, traits=REACHED_BY_PHONE)
    customer, episode = decide_by_hand(event, catalogue)
    driver.accepted["hand"] += 1
    driver.hub.table("Customers").put_item(
        Item={
            "customer_id": customer_id,
            "version": 1,
            "state": json.dumps({**customer.to_dict(), "version": 1}),
            "outbox": json.dumps(episode.to_dict()),
            "updated_at": to_iso(episode.decided_at),
        }
    )
    ((action,),) = [decision.actions for decision in episode.decisions]
    return action


def _is_over(driver: HubDriver, call: Action) -> None:
    """They have spoken with an agent, who is free again."""
    said = {"action_id": call.id, "outcome": "reached"}
    event = make_event("call.completed", f"{call.id}.over", call.customer_id, properties=said)
    driver.accepted["hand"] += 1
    driver.hub.sqs.send_message(
        QueueUrl=driver.hub.output("CustomerQueueUrl"),
        MessageBody=json.dumps(event.to_dict()),
        MessageGroupId=event.customer_id,
        MessageDeduplicationId=event.id,
    )


def _published(driver: HubDriver) -> Any:
    row = driver.hub.table("Rules").get_item(Key={"rule_id": "race"})["Item"]
    note: Any = row.get("published", {})
    return note if note.get("status") == "live" else None


def _ended(driver: HubDriver, ids: Sequence[str]) -> dict[str, str] | None:
    found = {name: line["status"] for name, line in read_ledger_lines(driver.hub, ids).items()}
    ended = all(status in ("delivered", "refused") for status in found.values())
    return found if ended and len(found) == len(ids) else None


def _taken(driver: HubDriver, capacity: str) -> int:
    rows = driver.hub.table("Capacity").query(
        KeyConditionExpression=Key("place").eq("taken") & Key("line").eq(capacity)
    )["Items"]
    return int(str(rows[0]["used"])) if rows else 0


def _told(driver: HubDriver, action: Action) -> bool:
    decisions = read_decisions(driver.hub, action.customer_id, 10)
    return any(decision["event_id"] == f"{action.id}.refused" for decision in decisions)
