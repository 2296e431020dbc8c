"""What was true at the decision and is not true any more stops a message that was not sent yet."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.contact_policy.domain.contactability import take_last_look
from hub.delivery.ports import ActionStatus, LedgerEntry
from hub.delivery.steps.carry_out_actions import build_outcome_event, find_obstacle
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.event import Event
from tests.catalogues import CALL, OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer, decide_on
from tests.factories import NOON, a_customer, an_event, later

EVENING = NOON.replace(hour=21, minute=59)
NIGHT = NOON.replace(hour=22, minute=1)
MORNING = NOON.replace(day=23, hour=7)
QUIET = a_policy("quiet_hours", "night", **{"from": "22:00", "to": "07:00"})
NO_COMPLAINT = a_policy(
    "suppression", "s", when="seen('complaint.filed', days=14)", reason="an open complaint"
)


def postpone(
    catalogue: Catalogue, customer: Customer, action: Action, found_at: datetime = NIGHT
) -> tuple[Customer, Event]:
    """The last look finds the action in the quiet hours. Returns the event that ends them."""
    entry = find_obstacle(customer, action, found_at)
    assert entry is not None
    assert entry.status is ActionStatus.POSTPONED
    postponed = build_outcome_event(action, entry, found_at)
    customer, decision = decide_on(catalogue, customer, postponed, now=found_at)
    return customer, Event.from_dict(decision.timers[0].event)


def resume(
    catalogue: Catalogue, customer: Customer, event: Event, now: datetime = MORNING
) -> tuple[Customer, Action]:
    customer, decision = decide_on(catalogue, customer, event, now=now)
    (action,) = decision.resumed
    return customer, action


def decide_in_the_evening(
    catalogue: Catalogue, customer: Customer | None = None
) -> tuple[Customer, Decision]:
    event = an_event(occurred_at=EVENING)
    return decide_on(catalogue, customer or a_customer(), event, now=EVENING)


def complain(catalogue: Catalogue, customer: Customer, at: datetime) -> Customer:
    complaint = an_event("complaint.filed", "c", occurred_at=at)
    return decide_on(catalogue, customer, complaint, now=at)[0]


def test_an_open_complaint_stops_a_message_that_is_in_a_queue() -> None:
    catalogue = a_catalogue(a_rule("promo", SEND), NO_COMPLAINT)
    ann, decision = decide_on(catalogue, a_customer(), an_event())
    (action,) = decision.actions
    assert take_last_look(ann, action, NOON) is None
    ann = complain(catalogue, ann, later(minutes=5))
    assert take_last_look(ann, action, later(minutes=6)) == "silence: an open complaint"
    assert take_last_look(ann, Action.from_dict(action.to_dict()), later(minutes=6)) is not None


@pytest.mark.parametrize("scope", [{"channel": "sms"}, {"category": "tea"}, {"strategy": "other"}])
def test_a_suppression_of_something_else_does_not_stop_it(scope: Any) -> None:
    catalogue = a_catalogue(a_rule("promo", SEND), {**NO_COMPLAINT, **scope})
    ann, decision = decide_on(catalogue, a_customer(), an_event())
    ann = complain(catalogue, ann, later(minutes=5))
    assert take_last_look(ann, decision.actions[0], later(minutes=6)) is None


def test_an_open_complaint_does_not_stop_a_service_message() -> None:
    catalogue = a_catalogue(a_rule("r", {**SEND, "template": "notice"}), NO_COMPLAINT)
    ann, decision = decide_on(catalogue, a_customer(), an_event())
    ann = complain(catalogue, ann, later(minutes=5))
    assert take_last_look(ann, decision.actions[0], later(minutes=6)) is None


def test_an_open_complaint_in_the_night_stops_a_postponed_message() -> None:
    catalogue = a_catalogue(a_rule("promo", SEND), QUIET, NO_COMPLAINT)
    ann, decision = decide_in_the_evening(catalogue)
    ann, morning = postpone(catalogue, ann, decision.actions[0])
    ann = complain(catalogue, ann, NIGHT + timedelta(minutes=30))
    ann, action = resume(catalogue, ann, morning)
    assert take_last_look(ann, action, MORNING) == "silence: an open complaint"


def test_a_policy_that_was_published_in_the_night_holds_for_a_postponed_message() -> None:
    catalogue = a_catalogue(a_rule("promo", SEND), QUIET)
    ann, decision = decide_in_the_evening(catalogue)
    ann, morning = postpone(catalogue, ann, decision.actions[0])
    newer = a_catalogue(a_rule("promo", SEND), NO_COMPLAINT)
    ann, action = resume(newer, ann, morning)
    assert take_last_look(ann, action, MORNING) is None
    ann = complain(newer, ann, MORNING)
    assert take_last_look(ann, action, MORNING) == "silence: an open complaint"


def test_an_open_complaint_withdraws_a_call_about_marketing() -> None:
    call = {**CALL, "template": "letter"}
    catalogue = a_catalogue(a_rule("ring", call), NO_COMPLAINT)
    ann, decision = decide_on(catalogue, a_customer(), an_event())
    entry = LedgerEntry(ActionStatus.DELIVERED, NOON, reference="task-1")
    outcome = build_outcome_event(decision.actions[0], entry, NOON)
    ann, _ = decide_on(catalogue, ann, outcome)
    complaint = an_event("complaint.filed", "c", occurred_at=later(minutes=5))
    _, decision = decide_on(catalogue, ann, complaint, now=later(minutes=5))
    assert [action.what.to_dict()["task"] for action in decision.actions] == ["task-1"]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_a_message_does_not_go_out_after_the_last_day_of_its_offer(zone: str) -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("beans", ends="2026-11-22"))
    ann = a_customer(place={"time_zone": zone})
    _, decision = decide_on(catalogue, ann, an_event(), now=NOON.replace(hour=9))
    (action,) = decision.actions
    last_second = action.expires_at - timedelta(seconds=1)
    assert take_last_look(ann, action, last_second) is None
    assert take_last_look(ann, action, action.expires_at) == "it came too late to be relevant"
    anew = decide_on(catalogue, ann, an_event(event_id="e-2"), now=action.expires_at)[1]
    assert anew.actions == ()
    assert decide_on(catalogue, ann, an_event(event_id="e-2"), now=last_second)[1].actions


def test_a_message_does_not_go_out_after_the_end_of_its_rule() -> None:
    catalogue = a_catalogue(a_rule("r", SEND, ends="2026-11-22T15:00:00Z"))
    _, decision = decide_on(catalogue, a_customer(), an_event())
    assert decision.actions[0].expires_at == later(hours=3)


def test_an_offer_that_ends_in_the_night_is_declined_and_does_not_wait() -> None:
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("beans", ends="2026-11-22"), QUIET)
    ann, decision = decide_in_the_evening(catalogue)
    entry = find_obstacle(ann, decision.actions[0], NIGHT)
    assert entry is not None
    assert entry.status is ActionStatus.DECLINED


EDITS: dict[str, tuple[list[Any], str]] = {
    "the offer is paused": ([an_offer("beans", status="paused")], "its offer is not made any more"),
    "the offer ends earlier": ([an_offer("beans", ends="2026-11-22")], "it ended with 2026-11-22"),
    "the offer is for others": (
        [an_offer("beans", eligible="customer.loyalty.tier == 'gold'")],
        "wanted customer.loyalty.tier == 'gold' but saw",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_in_the_night_holds_for_a_postponed_offer(edit: str) -> None:
    rows, reason = EDITS[edit]
    catalogue = a_catalogue(a_rule("r", OFFER), an_offer("beans"), QUIET)
    ann, decision = decide_in_the_evening(catalogue)
    ann, morning = postpone(catalogue, ann, decision.actions[0])
    ann, action = resume(a_catalogue(a_rule("r", OFFER), *rows, QUIET), ann, morning)
    assert (take_last_look(ann, action, MORNING) or "").startswith(reason)


def test_a_postponed_message_counts_for_caps_on_the_day_on_which_it_goes_out() -> None:
    cap = a_policy("frequency_cap", "cap", most={"day": 1})
    catalogue = a_catalogue(a_rule("promo", SEND), QUIET, cap)
    ann, decision = decide_in_the_evening(catalogue)
    ann, morning = postpone(catalogue, ann, decision.actions[0])
    ann, action = resume(catalogue, ann, morning)
    assert take_last_look(ann, action, MORNING) is None
    at_noon = later(days=1)
    _, second = decide_on(
        catalogue, ann, an_event(event_id="e-2", occurred_at=at_noon), now=at_noon
    )
    assert second.actions == ()


def test_a_postponed_message_is_not_sent_beyond_a_cap_of_the_day_on_which_it_would_go_out() -> None:
    cap = a_policy("frequency_cap", "cap", most={"day": 1})
    catalogue = a_catalogue(a_rule("promo", SEND), QUIET, cap)
    ann, decision = decide_in_the_evening(catalogue)
    ann, morning = postpone(catalogue, ann, decision.actions[0])
    ann, other = decide_on(
        catalogue, ann, an_event(event_id="e-2", occurred_at=MORNING), now=MORNING
    )
    assert len(other.actions) == 1
    ann, action = resume(catalogue, ann, replace(morning, id="later"), now=MORNING)
    assert take_last_look(ann, action, MORNING) == "all messages are capped at 1 a day, they had 1"
