"""Stock and call load come in as events; what is scarce is shared out, and never twice."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from boto3.dynamodb.conditions import Key

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.decisioning.steps.decide_events import SEED
from hub.kernel.times import to_iso
from hub.model.customer import Customer
from hub.model.decision import Action
from hub.model.episode import Episode
from hub.model.event import Event
from hub.platform.adapters import clock
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.e2e.conftest import Segue
from tools.day.day_run import Stage
from tools.segue.archived_episodes import catalogue_of
from tools.segue.balance import balance
from tools.segue.entrances import Posting, post
from tools.segue.explanation import decisions_of, lines

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
def race(stage: Stage) -> Iterator[Catalogue]:
    """The catalogue with a queue of two slots and a rule that asks for one, while it is tested."""
    for table, row in ROWS.items():
        stage.hub.table(table).put_item(Item=row)
    published = stage.until("the rule is published", lambda: _published(stage))
    yield catalogue_of(stage.hub)(int(published["catalogue"]))
    for table, row in reversed(ROWS.items()):
        key = next(iter(row))
        stage.hub.table(table).delete_item(Key={key: row[key]})


def test_what_is_told_of_things_is_known_and_of_nobody(stage: Stage) -> None:
    before = balance(stage.hub)
    _feed(stage, "stock", [_level("cup", 12), _level("pot", 0)])
    load = {"queue": "retention", "agents_free": 3, "calls_waiting": 5}
    _feed(stage, "call_load", [load | {"measured_at": int(NOW.timestamp())}])
    begun = {"change": "started", "code": "ADVENT", "changed_at": to_iso(NOW)}
    _feed(stage, "promotions", begun)
    late = _feed(stage, "stock", [_level("cup", 99, ago=1), _level("jar", 4)])
    stage.until("the last is counted", lambda: _row(stage, "event", f"stock:{late[1]}"))
    stage.until("all is at rest", lambda: _noted(stage) - sum(before.surroundings.values()) == 6)
    known = {"cup": {"available": 12}, "pot": {"available": 0}, "jar": {"available": 4}}
    assert {name: _said(stage, "stock", name) for name in known} == known
    assert _said(stage, "queues", "retention") == {"free": 3, "waiting": 5}
    assert _said(stage, "promotions", "ADVENT") == {"active": True}
    assert balance(stage.hub).decided.keys().isdisjoint({"stock", "call_load", "promotions"})


def test_a_feed_that_cannot_be_read_is_parked_by_the_piece(stage: Stage, segue: Segue) -> None:
    ids = _feed(stage, "stock", [_level("lid", 1), _level("box", 1) | {"available": "some"}])
    stage.until("the good one is known", lambda: _row(stage, "stock", "lid"))
    row = stage.until("the other is parked", lambda: _parked(segue, ids[1]))
    assert row["field"] == "available"
    assert "a whole number" in row["reason"]


def test_a_decision_names_the_surroundings_it_was_made_in(stage: Stage) -> None:
    _feed(stage, "stock", [_level("mug", 7)])
    stage.until("it is known", lambda: _row(stage, "stock", "mug"))
    around = stage.until("it is decided in what is known now", lambda: _around(stage, "mug"))
    assert around["stock"]["mug"]["available"] == 7


def test_of_five_who_want_two_slots_two_get_one_and_three_are_told(
    stage: Stage, race: Catalogue
) -> None:
    """All five are decided before any is claimed for, as happens while the figures are fresh; all
    behind their decisions is the deployed stack."""
    calls = [_wants_a_call(stage, race, f"race-{place}-{stage.run}") for place in range(5)]
    ended = stage.until("all have an end", lambda: _ended(stage, [call.id for call in calls]))
    assert sorted(ended.values()) == ["delivered"] * SLOTS + ["refused"] * 3
    assert _taken(stage, "queue:race") == SLOTS
    for call in calls:
        if ended[call.id] == "refused":
            stage.until("they are told", lambda a=call: _told(stage, a))  # type: ignore[misc]  # mypy takes no default of a lambda
    for call in calls:
        if ended[call.id] == "delivered":
            _is_over(stage, call)
    stage.until("the slots come back", lambda: _taken(stage, "queue:race") == 0)
    last = _wants_a_call(stage, race, f"race-last-{stage.run}")
    stage.until("they are had by another", lambda: _ended(stage, [last.id]))
    assert _taken(stage, "queue:race") == 1


def _level(product: str, available: int, ago: float = 0) -> dict[str, Any]:
    counted_at = to_iso(NOW - timedelta(hours=ago))
    return {"sku": product, "available": available, "counted_at": counted_at}


def _feed(stage: Stage, source: str, body: Any) -> list[str]:
    answer = post(stage.hub, source, json.dumps(body).encode(), Posting())
    assert answer.accepted, answer
    taken = answer.body["accepted"]
    ids = taken if isinstance(taken, list) else [taken]
    stage.accepted[source] += len(ids)
    return ids


def _parked(segue: Segue, delivery_id: str) -> Any:
    rows = segue("parked", "list", "--json").lines
    flat = [row for line in rows for row in (line if isinstance(line, list) else [line])]
    return next((row for row in flat if row["delivery_id"] == delivery_id), None)


def _noted(stage: Stage) -> int:
    return sum(balance(stage.hub).surroundings.values())


def _row(stage: Stage, kind: str, name: str) -> dict[str, Any] | None:
    found = stage.hub.table("Surroundings").get_item(Key={"kind": kind, "name": name})
    return found.get("Item")


def _said(stage: Stage, kind: str, name: str) -> Any:
    row = _row(stage, kind, name)
    return row and json.loads(row["says"])


def _around(stage: Stage, product: str) -> dict[str, Any] | None:
    event_id = stage.post("crm", "tier-bernd", f".around-{next(_numbers)}")
    decision = stage.until("it is decided", lambda: stage.decision("bernd", event_id))
    if not decision["surroundings"]:
        return None
    name = f"surroundings/{decision['surroundings']}.json"
    kept = stage.hub.s3.get_object(Bucket=stage.hub.output("ArchiveBucket"), Key=name)
    around: dict[str, Any] = json.loads(kept["Body"].read())
    return around if product in around["stock"] else None


def _wants_a_call(stage: Stage, catalogue: Catalogue, customer_id: str) -> Action:
    """Decides on a new customer as the hub does, whatever has been claimed in the meantime."""
    event = _event("race.wanted", f"{customer_id}.wanted", customer_id, traits=REACHED_BY_PHONE)
    nobody, now = Customer(customer_id=customer_id), clock.now()
    verdict = decide([event], nobody, catalogue, NO_SURROUNDINGS, now, SEED)
    episode = Episode(
        customer_id=customer_id,
        version=0,
        decided_at=now,
        catalogue=catalogue.number,
        surroundings=NO_SURROUNDINGS.name,
        seed=SEED,
        events=verdict.events,
        decisions=verdict.decisions,
    )
    stage.accepted["hand"] += 1
    stage.hub.table("Customers").put_item(
        Item={
            "customer_id": customer_id,
            "version": 1,
            "state": json.dumps({**verdict.customer.to_dict(), "version": 1}),
            "outbox": json.dumps(episode.to_dict()),
            "updated_at": to_iso(now),
        }
    )
    ((action,),) = [decision.actions for decision in verdict.decisions]
    return action


def _is_over(stage: Stage, call: Action) -> None:
    """They have spoken with an agent, who is free again."""
    said = {"action_id": call.id, "outcome": "reached"}
    event = _event("call.completed", f"{call.id}.over", call.customer_id, properties=said)
    stage.accepted["hand"] += 1
    stage.hub.sqs.send_message(
        QueueUrl=stage.hub.output("CustomerQueueUrl"),
        MessageBody=json.dumps(event.to_dict()),
        MessageGroupId=event.customer_id,
        MessageDeduplicationId=event.id,
    )


def _event(event_type: str, event_id: str, customer_id: str, **given: Any) -> Event:
    now = clock.now()
    return Event(
        id=event_id,
        type=event_type,
        source="hand",
        occurred_at=now,
        received_at=now,
        correlation_id=event_id,
        customer_id=customer_id,
        **given,
    )


def _published(stage: Stage) -> Any:
    row = stage.hub.table("Rules").get_item(Key={"rule_id": "race"})["Item"]
    note: Any = row.get("published", {})
    return note if note.get("status") == "live" else None


def _ended(stage: Stage, ids: Sequence[str]) -> dict[str, str] | None:
    found = {name: line["status"] for name, line in lines(stage.hub, ids).items()}
    ended = all(status in ("delivered", "refused") for status in found.values())
    return found if ended and len(found) == len(ids) else None


def _taken(stage: Stage, capacity: str) -> int:
    rows = stage.hub.table("Capacity").query(
        KeyConditionExpression=Key("place").eq("taken") & Key("line").eq(capacity)
    )["Items"]
    return int(str(rows[0]["used"])) if rows else 0


def _told(stage: Stage, action: Action) -> bool:
    decisions = decisions_of(stage.hub, action.customer_id, 10)
    return any(decision["event_id"] == f"{action.id}.refused" for decision in decisions)
