"""What the hub remembers of its customers, whatever order it hears of it in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.customer import Customer
from hub.domain.event import Event
from hub.domain.remember import fit, is_repeat, remember
from tests.factories import NOON, a_customer, an_event, later

_PROPERTIES: Mapping[str, Mapping[str, Any]] = {
    "item.purchased": {"amount": 830, "currency": "GBP"},
    "order.completed": {"amount": 1200, "currency": "EUR"},
    "item.returned": {"amount": 415, "currency": "GBP"},
    "complaint.filed": {"subject": "late"},
    "page.viewed": {},
    "action.delivered": {"channel": "email"},
}
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
        kind = draw(st.sampled_from(sorted(_PROPERTIES)))
        events.append(
            an_event(
                kind,
                f"e-{number}",
                occurred_at=NOON - timedelta(days=draw(st.integers(0, 3))),
                properties=_PROPERTIES[kind],
                traits=draw(_traits),
                identities={"email": draw(st.sampled_from(["a@x.org", "b@x.org"]))},
            )
        )
    return events


def _after(events: list[Event]) -> Customer:
    customer = Customer(customer_id="c-1")
    for event in events:
        if not is_repeat(customer, event):
            customer = remember(customer, event, NOON)
    return customer


@given(histories(), st.randoms(use_true_random=False))
def test_events_in_any_order_leave_the_same_customer(events: list[Event], random: Any) -> None:
    shuffled = random.sample(events, len(events))
    assert replace(_after(shuffled), processed=()) == replace(_after(events), processed=())


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


def test_a_customer_too_large_forgets_the_oldest_detail_and_keeps_the_totals() -> None:
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
    smaller = fit(customer, lambda c: len(str(c.to_dict())), 2_500)
    assert len(str(smaller.to_dict())) <= 2_500
    assert smaller.purchases["spent"] == {"GBP": 60}
    days = smaller.activity["item.purchased"]
    assert max(days) == "2026-11-22"
    assert min(days) > min(customer.activity["item.purchased"])
