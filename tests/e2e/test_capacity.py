"""Stock and call load come in as events; what is scarce is shared out, and never twice."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from boto3.dynamodb.conditions import Key

from hub.domain.customer import Customer
from hub.domain.decision import Action, Claim, Decision
from hub.domain.episode import Episode
from hub.domain.times import iso
from tests.adapters.records import a_decision, an_action, an_episode
from tests.e2e.conftest import Segue
from tools.day.stage import Stage
from tools.segue.balance import balance
from tools.segue.explain import decisions_of, lines
from tools.segue.send import Posting, post

NOW = datetime.now(UTC)
SLOTS = 2
_numbers = count(1)


def test_what_is_told_of_things_is_known_and_of_nobody(stage: Stage) -> None:
    before = balance(stage.hub)
    _feed(stage, "stock", [_level("cup", 12), _level("pot", 0)])
    load = {"queue": "retention", "agents_free": 3, "calls_waiting": 5}
    _feed(stage, "call_load", [load | {"measured_at": int(NOW.timestamp())}])
    begun = {"change": "started", "code": "ADVENT", "changed_at": iso(NOW)}
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


def test_of_five_who_want_two_slots_two_get_one_and_three_are_told(stage: Stage) -> None:
    """The decisions are made by hand; all behind them is the deployed stack."""
    name = f"queue:race-{stage.run}"
    actions = [_call(name, f"race-{place}-{stage.run}") for place in range(5)]
    for action in actions:
        _decide(stage, action.customer_id, a_decision(f"d-{action.id}", actions=(action,)))
    ids = [action.id for action in actions]
    ended = stage.until("all have an end", lambda: _ended(stage, ids))
    assert sorted(ended.values()) == ["delivered"] * SLOTS + ["refused"] * 3
    assert _taken(stage, name) == SLOTS
    refused = [action for action in actions if ended[action.id] == "refused"]
    for action in refused:
        stage.until("they are told", lambda a=action: _told(stage, a))  # type: ignore[misc]
    granted = tuple(action.id for action in actions if action not in refused)
    _decide(stage, "race-back", a_decision("d-race-back", returned=granted))
    stage.until("the slots come back", lambda: _taken(stage, name) == 0)
    last = _call(name, f"race-last-{stage.run}")
    _decide(stage, last.customer_id, a_decision("d-race-last", actions=(last,)))
    stage.until("they are had by another", lambda: _ended(stage, [last.id]))
    assert _taken(stage, name) == 1


def _level(product: str, available: int, ago: float = 0) -> dict[str, Any]:
    counted_at = iso(NOW - timedelta(hours=ago))
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


def _call(capacity: str, name: str) -> Action:
    """For the warehouse, which everybody may be written to."""
    return an_action(
        f"a-{name}",
        channel="warehouse",
        customer_id=name,
        decision_id=f"d-a-{name}",
        decided_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        what={"dataset": "races"},
        claims=(Claim(capacity, 1, SLOTS),),
    )


def _decide(stage: Stage, customer_id: str, decision: Decision) -> None:
    """Writes what `decide` would have written of a customer who was not known."""
    mine = Decision.from_dict(
        decision.to_dict()
        | {"customer_id": customer_id, "source": "hand", "decided_at": iso(datetime.now(UTC))}
    )
    episode: Episode = an_episode(mine, customer_id=customer_id)
    stage.accepted["hand"] += 1
    stage.hub.table("Customers").put_item(
        Item={
            "customer_id": customer_id,
            "version": 1,
            "state": json.dumps(Customer(customer_id=customer_id, version=1).to_dict()),
            "outbox": json.dumps(episode.to_dict()),
            "updated_at": iso(NOW),
        }
    )


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
