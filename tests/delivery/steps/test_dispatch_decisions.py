"""Dispatch: what is scarce is claimed before anything goes out, and what is refused stays in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.delivery.steps.dispatch_decisions import DispatchDecisions
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.intake.adapters.source_catalogue import PayloadValidator
from hub.kernel.errors import HubError, Unavailable
from hub.messaging.ports import Refusals
from hub.model.decision import Action, Claim, Decision
from hub.model.episode import RecordedEpisode
from hub.model.event import Event
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests import fakes
from tests.factories import NOON, a_customer, an_event, later
from tests.records import a_decision, a_timer, an_action, an_episode

SLOT = Claim("queue:retention", 1, 1)


@dataclass
class Scene:
    """The way out, with all that it leads to."""

    topic: fakes.ActionTopic = field(default_factory=fakes.ActionTopic)
    schedule: fakes.TimerSchedule = field(default_factory=fakes.TimerSchedule)
    decisions: fakes.Decisions = field(default_factory=fakes.Decisions)
    bus: fakes.Bus = field(default_factory=fakes.Bus)
    archive: fakes.Archive = field(default_factory=fakes.Archive)
    queue: fakes.CustomerQueue = field(default_factory=fakes.CustomerQueue)
    capacity: fakes.CapacityClaims = field(default_factory=fakes.CapacityClaims)
    ledger: fakes.ActionLedger = field(default_factory=fakes.ActionLedger)
    clock: fakes.FixedClock = field(default_factory=fakes.FixedClock)
    identities: fakes.Identities = field(default_factory=fakes.Identities)

    def dispatch(self, *decisions: Decision) -> dict[int, HubError]:
        """Each decision is that of a write of its own."""
        claiming = ClaimCapacity(self.capacity, self.ledger, self.clock)
        places = (self.topic, self.schedule, self.decisions, self.bus, self.archive, self.queue)
        records = [
            RecordedEpisode(a_customer(version=1), an_episode(d, version=1)) for d in decisions
        ]
        return DispatchDecisions(
            *places, claiming, ForgetIdentities(self.identities, fakes.KeyConflicts())
        )(records)

    @property
    def sent(self) -> list[str]:
        return [action.id for action in self.topic.actions]

    @property
    def told(self) -> list[Any]:
        return [detail for kind, detail in self.bus.published if kind == "segue.event"]


def a_call(name: str, *claims: Claim, **given: Any) -> Action:
    return an_action(name, channel="call", claims=claims or (SLOT,), **given)


def deciding(*actions: Action, name: str = "d-1", **given: Any) -> Decision:
    return a_decision(name, actions=actions, **given)


def test_what_needs_nothing_scarce_goes_out_as_ever() -> None:
    scene = Scene()
    assert scene.dispatch(deciding(an_action("a-1"), timers=(a_timer(),))) == {}
    assert scene.sent == ["a-1"]
    assert list(scene.schedule.timers) == ["t-1"]
    assert scene.capacity.held == {}
    assert scene.ledger.lines == {}


def test_what_is_granted_goes_out_and_what_is_refused_comes_back_as_an_event() -> None:
    scene = Scene()
    again = {"rules": ["vip"], "without": [["beans", "call"]]}
    refused = a_call("a-2", hops=2, path=("r-0",), offer="beans", again=again)
    assert scene.dispatch(deciding(a_call("a-1"), refused)) == {}
    assert scene.sent == ["a-1"]
    [event] = scene.queue.events
    assert (event.id, event.type, event.source) == ("a-2.refused", "action.refused", "segue")
    assert (event.customer_id, event.correlation_id, event.hops) == ("c-1", "k-1", 3)
    assert event.context == {"decision_id": "d-1", "path": ("r-0", "welcome")}
    assert event.properties == {
        "action_id": "a-2",
        "channel": "call",
        "rule_id": "welcome",
        "offer": "beans",
        "capacity": "queue:retention",
        "reason": "too little of queue:retention was left: 1 in all",
        "again": again,
    }
    check = PayloadValidator(find_schemas_folder() / "events")
    assert check("event", event.to_dict() | {"context": {}}) is None
    assert check(event.type, event.properties) is None
    assert scene.told == [event.to_dict()]
    assert scene.ledger.lines == {
        "a-2": LedgerEntry(
            ActionStatus.REFUSED, NOON, "too little of queue:retention was left: 1 in all"
        )
    }


def test_a_repeat_changes_nothing_even_when_there_is_room_by_then() -> None:
    scene = Scene()
    decision = deciding(a_call("a-1"), a_call("a-2"))
    scene.dispatch(decision)
    scene.capacity.give_back(["a-1"])
    scene.clock.passes(hours=1)
    scene.dispatch(decision)
    assert scene.sent == ["a-1", "a-1"]
    assert [event.id for event in scene.queue.events] == ["a-2.refused"]
    assert scene.ledger.lines["a-2"].at == NOON
    assert scene.capacity.read_used(NOON) == {}


def test_what_is_given_back_can_be_had_at_once() -> None:
    scene = Scene()
    scene.dispatch(deciding(a_call("a-1")))
    scene.dispatch(deciding(a_call("a-2"), name="d-2", returned=("a-1",)))
    assert scene.sent == ["a-1", "a-2"]
    assert scene.capacity.read_used(NOON) == {"queue:retention": 1}


def test_a_slot_is_held_until_the_action_is_too_late() -> None:
    scene = Scene()
    scene.dispatch(deciding(a_call("a-1", expires_at=later(hours=1))))
    scene.clock.passes(hours=2)
    scene.dispatch(deciding(a_call("a-2", expires_at=later(hours=3)), name="d-2"))
    assert scene.sent == ["a-1", "a-2"]


def test_what_a_decision_emits_reaches_the_customer_and_the_bus() -> None:
    scene = Scene()
    event = an_event("basket.rescued", hops=1)
    assert scene.dispatch(deciding(emitted=(event.to_dict(),))) == {}
    assert scene.queue.events == [event]
    assert scene.told == [event.to_dict()]


def test_an_event_that_goes_in_circles_takes_nothing_else_with_it() -> None:
    scene = Scene()
    circling = an_event("basket.rescued").to_dict() | {"hops": 9}
    decisions = (
        deciding(a_call("a-1"), emitted=(circling,)),
        deciding(an_action("a-2"), name="d-2"),
    )
    assert scene.dispatch(*decisions) == {}
    assert scene.sent == ["a-1", "a-2"]
    assert [event.hops for event in scene.queue.events] == [9]


class Down(fakes.CapacityClaims):
    def claim(
        self, action_id: str, claims: Sequence[Claim], until: datetime, now: datetime
    ) -> Claim | None:
        if action_id == "a-1":
            raise Unavailable(f"{len(claims)} not counted at {now} until {until}")
        return super().claim(action_id, claims, until, now)


def test_what_could_not_be_claimed_waits_and_its_neighbours_go() -> None:
    scene = Scene(capacity=Down())
    failures = scene.dispatch(deciding(a_call("a-1")), deciding(a_call("a-2"), name="d-2"))
    assert {i: type(error) for i, error in failures.items()} == {0: Unavailable}
    assert scene.sent == ["a-2"]


class Full(fakes.CustomerQueue):
    def send(self, events: Sequence[Event]) -> Refusals:
        return dict.fromkeys(range(len(events)), "ServiceUnavailable")


@pytest.mark.parametrize("times", [1, 2])
def test_a_refusal_that_could_not_be_told_is_told_again(times: int) -> None:
    scene = Scene(queue=Full())
    decision = deciding(a_call("a-1"), a_call("a-2"))
    for _ in range(times):
        [failure] = scene.dispatch(decision).values()
    assert failure.reason == "an event was not published: ServiceUnavailable"
    scene.queue = fakes.CustomerQueue()
    assert scene.dispatch(decision) == {}
    assert [event.id for event in scene.queue.events] == ["a-2.refused"]
