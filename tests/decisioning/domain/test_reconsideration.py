"""What waits for the morning is what was asked for in the evening, whatever else waits."""

from datetime import datetime
from typing import Any

import pytest

from hub.decisioning.domain.decide import decide
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests import fakes
from tests.catalogues import OFFER, a_catalogue, a_policy, a_rule, an_offer, decide_on
from tests.factories import NOON, a_customer, an_event

NIGHT = NOON.replace(hour=23)
MORNING = NOON.replace(day=23, hour=7)
QUIET = a_policy("quiet_hours", "q", purpose="all", **{"from": "22:00", "to": "07:00"})
MAIL = {"do": "send", "template": "notice", "channel": "email"}
TEXT = {"do": "send", "template": "notice", "channel": "sms"}
OTHER = {"do": "send", "template": "letter", "channel": "email"}
SERVICE = {channel: {"service": True, "marketing": True} for channel in ("email", "sms")}


def decide_in_the_morning(
    catalogue: Any, customer: Customer, decision: Decision, now: datetime = MORNING
) -> list[Action]:
    events = [Event.from_dict(timer.event) for timer in decision.timers]
    result = decide(events, customer, catalogue, NO_SURROUNDINGS, now, "seed")
    return [action for decision in result.decisions for action in decision.actions]


EDITS: dict[str, list[dict[str, Any]]] = {
    "nothing": [MAIL, TEXT],
    "a verb is inserted": [OTHER, MAIL, TEXT],
    "the verbs change places": [TEXT, MAIL],
    "another word changes": [{**MAIL, "expires": "2d"}, {**TEXT, "answer_within": "1d"}],
}


@pytest.mark.parametrize("edit", EDITS)
def test_each_message_that_waits_is_sent_once_after_an_edit_of_its_rule(edit: str) -> None:
    ann = a_customer(consent=False).with_changes(consent=SERVICE)
    evening = a_catalogue(a_rule("r", MAIL, TEXT), QUIET)
    ann, decision = decide_on(evening, ann, an_event(), now=NIGHT)
    morning = a_catalogue(a_rule("r", *EDITS[edit]), QUIET)
    actions = decide_in_the_morning(morning, ann, decision)
    assert sorted((a.channel, a.what.to_dict()["template"]) for a in actions) == [
        ("email", "notice"),
        ("sms", "notice"),
    ]


def test_a_verb_that_is_removed_in_the_night_is_not_replaced_by_another() -> None:
    ann = a_customer(consent=False).with_changes(consent=SERVICE)
    ann, decision = decide_on(
        a_catalogue(a_rule("r", MAIL, TEXT), QUIET), ann, an_event(), now=NIGHT
    )
    actions = decide_in_the_morning(a_catalogue(a_rule("r", TEXT, OTHER), QUIET), ann, decision)
    assert [action.channel for action in actions] == ["sms"]


def test_what_the_release_before_put_off_is_read_by_the_position_of_its_verb() -> None:
    ann = a_customer(consent=False).with_changes(consent=SERVICE)
    catalogue = a_catalogue(a_rule("r", MAIL, TEXT), QUIET)
    ann, decision = decide_on(catalogue, ann, an_event(), now=NIGHT)
    (timer,) = decision.timers
    again: dict[str, Any] = {**timer.event["properties"]["again"], "requests": [["r", 1]]}
    old = Event.from_dict({**timer.event, "properties": {"again": again}})
    _, morning = decide_on(catalogue, ann, old, now=MORNING)
    assert [action.channel for action in morning.actions] == ["sms"]


def test_two_verbs_that_ask_for_the_same_are_both_kept() -> None:
    catalogue = a_catalogue(a_rule("r", MAIL, MAIL), QUIET)
    ann, decision = decide_on(catalogue, a_customer(), an_event(), now=NIGHT)
    assert len({a.id for a in decide_in_the_morning(catalogue, ann, decision)}) == 2


def refuse(action: Action, now: datetime) -> Event:
    """The capacity of the action was used up by others."""
    capacity, clock = fakes.CapacityClaims(), fakes.FixedClock(now)
    capacity.claim("another", action.claims, action.expires_at, now)
    refused = ClaimCapacity(capacity, fakes.ActionLedger(), clock)(action)
    assert refused is not None
    return refused


def test_what_an_event_brings_back_and_what_it_sets_off_both_wait_for_the_morning() -> None:
    scarce = an_offer("beans", total=1, priority=1)
    catalogue = a_catalogue(
        a_rule("promo", OFFER),
        scarce,
        an_offer("mugs"),
        a_rule("sorry", MAIL, event="action.refused"),
        QUIET,
    )
    evening = NOON.replace(hour=21, minute=59)
    ann, decision = decide_on(catalogue, a_customer(), an_event(), now=evening)
    refused = refuse(decision.actions[0], NIGHT)
    ann, decision = decide_on(catalogue, ann, refused, now=NIGHT)
    assert len({timer.id for timer in decision.timers}) == 2
    actions = decide_in_the_morning(catalogue, ann, decision)
    assert sorted(action.rule_id for action in actions) == ["promo", "sorry"]


def test_a_message_that_is_decided_again_and_one_of_the_same_rule_have_different_ids() -> None:
    """A rule on refusals whose own message is refused: both are about an `action.refused`."""
    rule = a_rule("sorry", {"do": "offer", "tag": "spring"}, event="action.refused")
    scarce = an_offer("beans", total=1, priority=1)
    catalogue = a_catalogue(rule, scarce, an_offer("mugs"))
    first = an_event("action.refused", "e-1", properties={"action_id": "other"})
    ann, decision = decide_on(catalogue, a_customer(), first)
    second = refuse(decision.actions[0], NOON)
    _, decision = decide_on(catalogue, ann, second)
    assert len(decision.actions) == len({action.id for action in decision.actions}) == 2
