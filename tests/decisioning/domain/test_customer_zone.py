"""On whose clock it is decided when no zone of the customer is known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.contact_policy.domain.contactability import find_quiet_hours_end
from hub.decisioning.domain.decide import decide
from hub.model.customer import Customer
from hub.model.decision import Action, Decision
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from tests.catalogues import SEND, a_catalogue, a_policy, a_rule
from tests.factories import a_customer, an_event

IN_TOKYO = Surroundings(time_zone="Asia/Tokyo")
NIGHT_IN_TOKYO = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)
QUIET = a_policy("quiet_hours", "night", **{"from": "22:00", "to": "08:00"})
CATALOGUE = a_catalogue(a_rule("r", SEND), QUIET)


def decide_at(now: datetime, customer: Customer, around: Surroundings) -> Decision:
    event = an_event(occurred_at=now)
    (decision,) = decide([event], customer, CATALOGUE, around, now, "s").decisions
    return decision


@pytest.mark.parametrize(
    ("place", "around", "is_sent"),
    [
        ({}, IN_TOKYO, False),
        ({"time_zone": "nowhere"}, IN_TOKYO, False),
        ({}, NO_SURROUNDINGS, True),
        ({"country": "JP"}, NO_SURROUNDINGS, False),
        ({"country": "GB"}, IN_TOKYO, True),
        ({"time_zone": "nowhere", "country": "GB"}, IN_TOKYO, True),
        ({"time_zone": "Europe/London", "country": "JP"}, IN_TOKYO, True),
    ],
)
def test_quiet_hours_are_those_of_the_zone_else_of_the_country_else_of_the_owner(
    place: Any, around: Surroundings, is_sent: bool
) -> None:
    decision = decide_at(NIGHT_IN_TOKYO, a_customer(place=place), around)
    assert bool(decision.actions) == is_sent


def test_an_action_that_was_decided_by_day_waits_in_the_owners_night() -> None:
    customer = a_customer()
    (action,) = decide_at(NIGHT_IN_TOKYO - timedelta(hours=4), customer, IN_TOKYO).actions
    action = Action.from_dict(action.to_dict())
    morning = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert find_quiet_hours_end(customer, action, NIGHT_IN_TOKYO) == morning
    in_london = a_customer(place={"country": "GB"})
    assert find_quiet_hours_end(in_london, action, NIGHT_IN_TOKYO) is None


def test_the_receipt_says_which_zone_is_used_for_one_that_is_not_a_time_zone() -> None:
    customer = a_customer(place={"time_zone": "nowhere"})
    receipt = decide_at(NIGHT_IN_TOKYO, customer, IN_TOKYO).receipt
    assert receipt["time_zone"] == (
        "place.time_zone 'nowhere' is not a time zone: Asia/Tokyo is used"
    )
    assert "time_zone" not in decide_at(NIGHT_IN_TOKYO, a_customer(), IN_TOKYO).receipt


def test_surroundings_without_a_zone_have_the_name_that_they_had() -> None:
    assert NO_SURROUNDINGS.name == ""
    assert Surroundings.from_dict(IN_TOKYO.to_dict()) == IN_TOKYO
    assert IN_TOKYO.name
