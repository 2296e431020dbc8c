"""Held out by chance: who is enrolled in which arm, and when that counts as having worked."""

from datetime import timedelta
from typing import Any

import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.holdout import hash_to_unit_interval
from hub.measurement.domain.holdout_experiment import (
    ENROLMENT_WINDOW,
    MAX_ENROLMENTS,
    ExperimentAssignment,
    enrol,
)
from hub.model.contact_history import NO_CONTACT_HISTORY, ContactHistory
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.enrolment import Enrolment
from hub.model.event import Event
from tests.catalogues import OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer, decide_on
from tests.factories import NOON, a_customer, an_event, later

WELCOME = a_rule("welcome", SEND)
HALF = a_policy("holdout", "half", percent=50, strategy="welcome")
HELD = next(f"c-{n}" for n in range(99) if hash_to_unit_interval("half", f"c-{n}") < 0.5)
FREE = next(f"c-{n}" for n in range(99) if hash_to_unit_interval("half", f"c-{n}") >= 0.5)
ORDER = {"amount": 1200, "currency": "GBP", "item": "x", "quantity": 1}


def told(
    catalogue: Catalogue, customer_id: str, *events: Event, **given: Any
) -> list[tuple[Customer, Decision]]:
    """Customer and decision after each event, a day apart."""
    customer, found = a_customer(**given).with_changes(customer_id=customer_id), []
    for day, event in enumerate(events or (an_event(),)):
        customer, decision = decide_on(catalogue, customer, event, now=NOON + timedelta(days=day))
        found.append((customer, decision))
    return found


def enrolments(*args: Any, **given: Any) -> list[tuple[Enrolment, ...]]:
    return [decision.enrolments for _, decision in told(*args, **given)]


def a_purchase(**after: float) -> Event:
    return an_event("item.purchased", f"e-{after}", properties=ORDER, occurred_at=later(**after))


@pytest.mark.parametrize(("customer_id", "held_out"), [(HELD, True), (FREE, False)])
def test_whoever_would_be_spoken_to_is_enrolled_in_the_arm_that_chance_gave_them(
    customer_id: str, held_out: bool
) -> None:
    [(customer, decision)] = told(a_catalogue(WELCOME, HALF), customer_id)
    [enrolment] = decision.enrolments
    assert enrolment == Enrolment(
        experiment="half", strategy="welcome", held_out=held_out, since=NOON, decided_at=NOON
    )
    assert bool(decision.actions) is not held_out
    assert Decision.from_dict(decision.to_dict()) == decision
    assert Customer.from_dict(customer.to_dict()) == customer


@pytest.mark.parametrize(
    "given",
    [
        {"consent": False},
        {"contact": {}},
        {"contact_history": ContactHistory(suppressed={"strategy:welcome": "9999"})},
    ],
)
def test_whom_another_gate_stops_is_in_neither_arm(given: dict[str, Any]) -> None:
    catalogue = a_catalogue(WELCOME, HALF)
    assert [*enrolments(catalogue, HELD, **given), *enrolments(catalogue, FREE, **given)] == [
        (),
        (),
    ]


@pytest.mark.parametrize(
    "other",
    [
        a_policy("frequency_cap", "cap", most={"day": 1}),
        a_policy("suppression", "calm", when="seen('page.viewed')", reason="calm"),
    ],
)
def test_caps_and_silence_are_the_same_for_both_arms(other: dict[str, Any]) -> None:
    history = NO_CONTACT_HISTORY.record_contact(NOON, "email", action_id="a-1")
    catalogue = a_catalogue(WELCOME, HALF, other)
    for customer_id in (HELD, FREE):
        assert enrolments(catalogue, customer_id, contact_history=history) == [()]


def test_without_a_holdout_nothing_is_an_experiment() -> None:
    [(customer, decision)] = told(a_catalogue(WELCOME), FREE)
    assert decision.enrolments == ()
    assert not customer.contact_history.enrolled


def test_messages_that_serve_are_no_experiment() -> None:
    notice = a_rule("welcome", {**SEND, "template": "notice"})
    assert enrolments(a_catalogue(notice, HALF), HELD) == [()]


def test_whom_one_holdout_holds_tells_nothing_of_another() -> None:
    everybody = a_policy("holdout", "control", percent=100)
    [[enrolment]] = enrolments(a_catalogue(WELCOME, HALF, everybody), FREE)
    assert (enrolment.experiment, enrolment.held_out) == ("control", True)
    assert enrolments(a_catalogue(WELCOME, HALF, everybody), HELD) == [()]


def test_a_rule_in_shadow_enrols_nobody() -> None:
    assert enrolments(a_catalogue(a_rule("welcome", SEND, status="shadow"), HALF), HELD) == [()]


@pytest.mark.parametrize("customer_id", [HELD, FREE])
def test_reaching_the_goal_later_counts_once(customer_id: str) -> None:
    events = (an_event(), a_purchase(days=1), a_purchase(days=2))
    (first,), (second,), third = enrolments(a_catalogue(WELCOME, HALF), customer_id, *events)
    assert not first.converted
    assert second.converted
    assert (second.since, second.held_out) == (first.since, first.held_out)
    assert third == ()


def test_they_are_enrolled_once_for_ever() -> None:
    first, again = an_event(), an_event(event_id="e-2", occurred_at=later(days=3))
    over = an_event(event_id="e-3", occurred_at=NOON + 2 * ENROLMENT_WINDOW)
    assert list(map(len, enrolments(a_catalogue(WELCOME, HALF), HELD, first, again, over))) == [
        1,
        0,
        0,
    ]


def test_a_universal_control_group_enrols_under_the_first_strategy_only() -> None:
    bye = a_rule("bye", SEND, event="product.viewed")
    events = an_event(), an_event("product.viewed", "e-2", occurred_at=later(days=1))
    control = a_policy("holdout", "control", percent=50)
    first, second = enrolments(a_catalogue(WELCOME, bye, control), FREE, *events)
    assert ([one.strategy for one in first], second) == (["welcome"], ())


def test_an_enrolment_that_an_earlier_release_stored_counts() -> None:
    since = "2026-11-01T12:00:00.000Z"
    stored = {"enrolled": {"welcome|half": [since, False, "", since, False]}}
    history = ContactHistory.from_dict(stored)
    events = an_event(), a_purchase(days=1)
    found = enrolments(a_catalogue(WELCOME, HALF), FREE, *events, contact_history=history)
    assert [[one.converted for one in decision] for decision in found] == [[], [True]]


@pytest.mark.parametrize("after", [{"hours": -1}, {"hours": 0}, {"days": 31}])
def test_a_purchase_before_or_long_after_is_no_success_of_it(after: dict[str, float]) -> None:
    catalogue = a_catalogue(WELCOME, HALF)
    assert enrolments(catalogue, FREE, an_event(), a_purchase(**after))[1] == ()


def test_the_event_that_enrols_does_not_count_as_its_success() -> None:
    again = a_rule("again", SEND, event="item.purchased")
    holdout = a_policy("holdout", "half", percent=50)
    both = enrolments(a_catalogue(again, holdout), FREE, a_purchase(), a_purchase(days=1))
    assert [[one.converted for one in found] for found in both] == [[False], [True]]


@pytest.mark.parametrize(
    "goal",
    [
        [a_rule("welcome", {**SEND, "goal": "app.opened"})],
        [
            a_rule("welcome", SEND),
            a_policy("aim", "aim", strategy="welcome", goal="app.opened", target="in"),
        ],
        [
            a_rule("welcome", OFFER),
            an_offer("beans", goal="app.opened", goal_when="event.screen == 'home'"),
        ],
        [
            a_rule("welcome", SEND),
            a_policy(
                "aim",
                "aim",
                strategy="welcome",
                goal="app.opened",
                goal_when="event.screen == 'home'",
                target="in",
            ),
        ],
    ],
)
def test_the_goal_is_the_messages_or_the_offers_else_the_strategys(
    goal: list[dict[str, Any]],
) -> None:
    home = {"screen": "home"}
    opened = an_event("app.opened", "e-2", properties=home, occurred_at=later(days=1))
    events = (an_event(), a_purchase(hours=2), opened)
    _, bought, reached = enrolments(a_catalogue(*goal, HALF), FREE, *events)
    assert bought == ()
    assert [one.converted for one in reached] == [True]


def test_a_goal_with_a_condition_wants_it_to_hold() -> None:
    offer = an_offer("beans", goal="app.opened", goal_when="event.screen == 'home'")
    opened = an_event("app.opened", "e-2", occurred_at=later(days=1))
    catalogue = a_catalogue(a_rule("welcome", OFFER), offer, HALF)
    assert enrolments(catalogue, FREE, an_event(), opened)[1] == ()


def take_part(customer: Customer, number: int, catalogue: Catalogue) -> Customer:
    trial = ExperimentAssignment(f"x-{number}", "welcome", held_out=False, goal="")
    at = later(minutes=number)
    return enrol(customer, [trial, trial], catalogue, at, at)[0]


def test_nobody_takes_part_in_more_than_a_few() -> None:
    holdouts = (a_policy("holdout", f"x-{n}", percent=50) for n in range(MAX_ENROLMENTS + 1))
    catalogue, customer = a_catalogue(*holdouts), a_customer()
    for number in range(MAX_ENROLMENTS + 1):
        customer = take_part(customer, number, catalogue)
    assert len(customer.contact_history.enrolled) == MAX_ENROLMENTS
    assert f"welcome|x-{MAX_ENROLMENTS}" not in customer.contact_history.enrolled


@pytest.mark.parametrize(("days", "kept"), [(29, MAX_ENROLMENTS), (31, 1)])
def test_experiments_that_are_over_make_room(days: int, kept: int) -> None:
    customer = a_customer()
    for number in range(MAX_ENROLMENTS):
        customer = take_part(customer, number, a_catalogue())
    assert len(customer.contact_history.enrolled) == MAX_ENROLMENTS
    number = days * 24 * 60
    enrolled = take_part(customer, number, a_catalogue()).contact_history.enrolled
    assert len(enrolled) == kept
    assert (f"welcome|x-{number}" in enrolled) is (kept == 1)
