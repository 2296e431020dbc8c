"""A message that goes out later than it was decided takes the capacity of then, and its response is
awaited from then on."""

from datetime import datetime, timedelta

import pytest

from hub.decisioning.domain.decide import DecisionResult, decide
from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.delivery.steps.carry_out_actions import build_outcome_event, find_obstacle
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.event import Event
from hub.surroundings.domain.surroundings import Surroundings
from tests import fakes
from tests.catalogues import CALL, SEND, a_catalogue, a_policy, a_rule
from tests.factories import NOON, a_customer, an_event, later

EVENING = NOON.replace(hour=21, minute=59)
NIGHT = NOON.replace(hour=22, minute=1)
MORNING = NOON.replace(day=23, hour=7)
RING = {**CALL, "template": "letter"}
QUIET = a_policy("quiet_hours", "night", **{"from": "22:00", "to": "07:00"})
TWO_AN_HOUR = a_policy("capacity", "two", queue="retention", slots=2, per="hour")


class Centre:
    """Customers who are to be called, and the capacity of the queue."""

    def __init__(self) -> None:
        self.catalogue = a_catalogue(a_rule("ring", RING), QUIET, TWO_AN_HOUR)
        self.capacity = fakes.CapacityClaims()
        self.customers: dict[str, Customer] = {}

    def decide(self, event: Event, now: datetime) -> Decision:
        ann = self.customers.get(event.customer_id)
        ann = ann or a_customer().with_changes(customer_id=event.customer_id)
        around = Surroundings(claimed=self.capacity.read_used(now))
        result = decide([event], ann, self.catalogue, around, now, "seed")
        self.customers[event.customer_id] = result.customer
        (decision,) = result.decisions
        self.capacity.give_back(decision.returned)
        return decision

    def decide_on_visit(self, name: str, now: datetime) -> Decision:
        event = an_event(event_id=f"e-{name}", customer_id=name, occurred_at=now)
        return self.decide(event, now)

    def claim(self, decision: Decision, now: datetime) -> list[Action]:
        clock = fakes.FixedClock(now)
        claim = ClaimCapacity(self.capacity, fakes.ActionLedger(), clock)
        return [action for action in decision.actions if claim(action) is None]

    def refuse(self, action: Action, now: datetime) -> Decision:
        """The last look refuses the action."""
        entry = find_obstacle(self.customers[action.customer_id], action, now)
        assert entry is not None
        assert entry.status is ActionStatus.REFUSED
        return self.decide(build_outcome_event(action, entry, now), now)


def test_calls_that_wait_for_the_morning_take_the_slots_of_the_morning() -> None:
    centre = Centre()
    late = [centre.decide_on_visit(f"late-{i}", EVENING) for i in range(2)]
    waiting = [action for decision in late for action in centre.claim(decision, EVENING)]
    assert len(waiting) == 2
    deferred = [centre.refuse(action, NIGHT) for action in waiting]
    assert centre.capacity.read_used(EVENING) == {}
    timers = [timer for decision in deferred for timer in decision.timers]
    assert {timer.due_at for timer in timers} == {MORNING}
    early = [
        action
        for i in range(2)
        for action in centre.claim(centre.decide_on_visit(f"early-{i}", MORNING), MORNING)
    ]
    again = [centre.decide(Event.from_dict(timer.event), MORNING) for timer in timers]
    calls = [*early, *(a for decision in again for a in centre.claim(decision, MORNING))]
    assert len(calls) == 2
    assert centre.capacity.read_used(MORNING) == {"queue:retention/2026-11-23T07": 2}


def test_a_call_that_waits_keeps_its_rule_and_event_and_its_time_to_live() -> None:
    centre = Centre()
    (action,) = centre.claim(centre.decide_on_visit("ann", EVENING), EVENING)
    (timer,) = centre.refuse(action, NIGHT).timers
    (again,) = centre.claim(centre.decide(Event.from_dict(timer.event), MORNING), MORNING)
    assert (again.rule_id, again.event["id"], again.expires_at) == (
        "ring",
        action.event["id"],
        action.expires_at,
    )
    assert list(centre.customers["ann"].contact_history.calls) == [again.id]
    assert len(centre.customers["ann"].contact_history.contacts) == 1


def test_a_call_whose_hour_went_by_in_a_queue_takes_a_slot_of_the_next_hour() -> None:
    centre = Centre()
    (action,) = centre.claim(centre.decide_on_visit("ann", NOON), NOON)
    assert find_obstacle(centre.customers["ann"], action, later(minutes=59)) is None
    again = centre.claim(centre.refuse(action, later(minutes=61)), later(minutes=61))
    assert [claim.name for a in again for claim in a.claims] == ["queue:retention/2026-11-22T13"]


def test_a_call_that_the_call_centre_does_not_take_back_keeps_its_slot() -> None:
    centre = Centre()
    (action,) = centre.claim(centre.decide_on_visit("ann", NOON), NOON)
    for withdrawn, returned in ((False, ()), (True, (action.id,))):
        properties = {
            "action_id": f"{action.id}.withdrawn",
            "withdraws": action.id,
            "withdrawn": withdrawn,
        }
        event = an_event(
            "action.delivered", f"w-{withdrawn}", customer_id="ann", properties=properties
        )
        assert centre.decide(event, NOON).returned == returned


ASK = {**SEND, "answer_within": "6h"}


class Chase:
    """A message whose response is awaited."""

    def __init__(self) -> None:
        self.catalogue = a_catalogue(a_rule("ask", ASK), QUIET)
        self.customer = a_customer()
        (decision,) = self.hear(an_event(occurred_at=EVENING), EVENING).decisions
        assert decision.timers == ()
        (self.action,) = decision.actions

    def hear(self, event: Event, now: datetime) -> DecisionResult:
        result = decide([event], self.customer, self.catalogue, Surroundings(), now, "seed")
        self.customer = result.customer
        return result

    def end(self, status: ActionStatus, at: datetime) -> Decision:
        details = {"until": MORNING.isoformat()} if status is ActionStatus.POSTPONED else {}
        entry = LedgerEntry(status, at, details=details)
        return self.hear(build_outcome_event(self.action, entry, at), at).decisions[0]


def test_a_response_is_awaited_from_the_delivery_on() -> None:
    chase = Chase()
    (resumed,) = chase.end(ActionStatus.POSTPONED, NIGHT).timers
    assert resumed.event["type"] == "action.resumed"
    (timer,) = chase.end(ActionStatus.DELIVERED, MORNING).timers
    assert (timer.event["type"], timer.due_at) == ("response.due", MORNING + timedelta(hours=6))
    (due,) = chase.hear(Event.from_dict(timer.event), timer.due_at).decisions
    assert [event["type"] for event in due.emitted] == ["response.missing"]


def test_an_answer_before_the_outcome_is_known_is_an_answer() -> None:
    chase = Chase()
    context = {"trace": chase.action.trace.to_dict()}
    chase.hear(an_event("email.clicked", "e-2", context=context), EVENING)
    assert chase.end(ActionStatus.DELIVERED, EVENING).timers == ()


@pytest.mark.parametrize("status", [ActionStatus.DECLINED, ActionStatus.REFUSED])
def test_nobody_is_asked_why_they_did_not_answer_what_they_did_not_get(
    status: ActionStatus,
) -> None:
    chase = Chase()
    assert chase.end(status, NIGHT).timers == ()
    assert not chase.customer.contact_history.awaiting


def test_what_may_have_been_sent_is_awaited_too() -> None:
    (timer,) = Chase().end(ActionStatus.UNKNOWN, NIGHT).timers
    assert timer.due_at == NIGHT + timedelta(hours=6)
