"""What the hub remembers of its customers, whatever order it hears of it in."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.model.customer import Customer
from hub.model.day_series import to_day
from hub.model.event import Event
from hub.profile.domain.apply_event import apply_event
from hub.profile.domain.event_memory import is_repeat
from hub.profile.domain.profile_limits import trim_to_limit
from tests.factories import HAPPENINGS, NOON, a_customer, an_event, later

_traits = st.fixed_dictionaries(
    {},
    optional={
        "contact": st.fixed_dictionaries({"email": st.sampled_from(["a@x.org", "b@x.org"])}),
        "loyalty": st.fixed_dictionaries({"tier": st.sampled_from(["gold", "silver"])}),
        "consent": st.fixed_dictionaries(
            {"email": st.fixed_dictionaries({"marketing": st.booleans()})}
        ),
    },
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Up to eight events with distinct ids, at few enough moments that some coincide."""
    count = draw(st.integers(1, 8))
    events = []
    for number in range(count):
        kind = draw(st.sampled_from(sorted(HAPPENINGS)))
        events.append(
            an_event(
                kind,
                f"e-{number}",
                occurred_at=NOON - timedelta(days=draw(st.integers(0, 3))),
                properties=HAPPENINGS[kind],
                traits=draw(_traits),
                identities={"email": draw(st.sampled_from(["a@x.org", "b@x.org"]))},
            )
        )
    return events


def _after(events: list[Event]) -> Customer:
    customer = Customer(customer_id="c-1")
    for event in events:
        if not is_repeat(customer, event):
            customer = apply_event(customer, event, NOON)
    return customer


@given(histories(), st.randoms(use_true_random=False))
def test_events_in_any_order_leave_the_same_customer(events: list[Event], random: Any) -> None:
    shuffled = random.sample(events, len(events))
    assert replace(_after(shuffled), processed={}) == replace(_after(events), processed={})


@given(histories(), st.data())
def test_an_event_heard_twice_changes_nothing(events: list[Event], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(events))
    assert _after([*events, again]) == _after(events)


@given(histories())
def test_a_customer_survives_the_way_to_the_table_and_back(events: list[Event]) -> None:
    customer = _after(events)
    assert Customer.from_dict(customer.to_dict()) == customer


@given(histories())
def test_an_event_survives_the_way_over_the_bus_and_back(events: list[Event]) -> None:
    for event in events:
        assert Event.from_dict(event.to_dict()) == event


def test_purchases_are_summed_by_currency_and_returns_apart() -> None:
    customer = _after(
        [
            an_event("item.purchased", "1", properties={"amount": 830, "currency": "GBP"}),
            an_event("order.completed", "2", properties={"amount": 500, "currency": "EUR"}),
            an_event("item.returned", "3", properties={"amount": 415, "currency": "GBP"}),
        ]
    )
    assert customer.purchases["spent"] == {"GBP": 830, "EUR": 500}
    assert customer.purchases["returned"] == {"GBP": 415}
    assert (customer.purchases["count"], customer.purchases["returns"]) == (2, 1)


def test_a_clock_that_is_ahead_does_not_outlast_a_withdrawal() -> None:
    ahead = an_event(
        traits={"consent": {"email": {"marketing": True}}},
        occurred_at=later(hours=2),
        received_at=NOON,
    )
    no = {"consent": {"email": {"marketing": False}}}
    withdrawn = an_event(event_id="e-2", traits=no, occurred_at=later(minutes=30))
    for events in ([ahead, withdrawn], [withdrawn, ahead]):
        customer = _after(events)
        assert customer.consent["email"]["marketing"] is False
        assert "refused" in customer.proofs["email.marketing"]


def test_a_withdrawn_consent_beats_one_given_in_the_same_millisecond() -> None:
    given_ = an_event(traits={"consent": {"email": {"marketing": True}}})
    withdrawn = an_event(event_id="e-2", traits={"consent": {"email": {"marketing": False}}})
    for events in ([given_, withdrawn], [withdrawn, given_]):
        assert _after(events).consent["email"]["marketing"] is False


def test_an_old_trait_does_not_overwrite_a_newer_one() -> None:
    new = an_event(traits={"loyalty": {"tier": "gold"}}, occurred_at=later(hours=1))
    old = an_event(event_id="e-2", traits={"loyalty": {"tier": "silver"}})
    assert _after([new, old]).loyalty["tier"] == "gold"


def test_days_beyond_the_longest_window_are_forgotten() -> None:
    old = an_event(occurred_at=NOON - timedelta(days=91))
    assert "page.viewed" not in a_customer(old).activity


def test_an_event_of_the_far_future_is_in_no_count_by_day() -> None:
    """A series has a number for every day, so that one event would make it grow without end."""
    soon = an_event("order.completed", "e-1", occurred_at=NOON + timedelta(days=1))
    far = an_event("order.completed", "e-2", occurred_at=NOON.replace(year=9999))
    assert _after([soon, far]).activity == _after([soon]).activity
    assert len(_after([soon, far]).recent["order.completed"]) == 2


def test_no_limit_of_size_drops_what_conditions_ask_for() -> None:
    events = [
        an_event(
            "item.purchased",
            f"e-{day}",
            occurred_at=NOON - timedelta(days=day),
            properties={"amount": 1, "currency": "GBP"},
        )
        for day in range(60)
    ]
    customer = _after(events)
    assert trim_to_limit(customer, lambda c: len(str(c.to_dict())), 1) == customer


def test_amounts_are_kept_by_day_and_currency_as_long_as_the_longest_window() -> None:
    def paid(name: str, amount: Any, days: int, **currency: str) -> Event:
        at = NOON - timedelta(days=days)
        properties = {"amount": amount, **currency}
        return an_event("payment.received", name, occurred_at=at, properties=properties)

    customer = _after(
        [
            paid("1", 500, 0, currency="EUR"),
            paid("2", 250, 0, currency="EUR"),
            paid("3", 99, 0),
            paid("4", 40, 90, currency="GBP"),
            paid("5", 40, 91, currency="GBP"),
            paid("6", "7", 1, currency="EUR"),
            paid("7", True, 1, currency="EUR"),
            paid("8", 7.5, 1, currency="EUR"),
        ]
    )
    today = to_day(NOON)
    assert customer.amounts == {
        "payment.received": {"EUR": (today, 750), "": (today, 99), "GBP": (today - 90, 40)}
    }
    tomorrow = apply_event(customer, an_event(event_id="9"), later(days=1))
    assert tomorrow.amounts["payment.received"] == {"EUR": (today, 750), "": (today, 99)}


def test_who_consented_when_and_where_can_be_proved_in_any_order() -> None:
    def said(event_id: str, hour: int, *, given: bool) -> Event:
        traits = {"consent": {"email": {"marketing": given}}}
        return an_event("customer.updated", event_id, traits=traits, occurred_at=later(hours=hour))

    events = [said("e-1", 1, given=True), said("e-2", 2, given=False), said("e-3", 2, given=True)]
    for order in permutations(events):
        customer = a_customer(*order, consent=False)
        assert customer.consent == {"email": {"marketing": False}}
        assert customer.proofs == {"email.marketing": "2026-11-22T14:00:00.000Z refused shop e-2"}


def test_words_without_end_never_make_a_customer_too_large_and_the_latest_stay() -> None:
    said = [
        an_event(
            "customer.updated",
            f"e-{hour}",
            occurred_at=later(hours=hour),
            traits={"interests": {f"hobby_{hour}": "x" * 300}, "person": {"first_name": "Ann"}},
        )
        for hour in range(60)
    ]
    customer = trim_to_limit(_after(said), lambda c: len(str(c.to_dict())), 8_000)
    assert len(str(customer.to_dict())) <= 8_000
    kept = [int(name.removeprefix("hobby_")) for name in customer.interests]
    assert kept == list(range(60 - len(kept), 60))
    assert {name for name in customer.as_of if name.startswith("interests.")} == {
        f"interests.hobby_{hour}" for hour in kept
    }
    assert customer.person == {"first_name": "Ann"}
