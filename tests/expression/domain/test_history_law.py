"""Conditions on the past give what somebody with unbounded memory gives.

A life is up to 400 days of events of a few types, some in bursts, some told late, with the limit of
size of a stored customer far too small. The oracle keeps every event.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.contact_policy.domain.contactability import find_goal_reached_since
from hub.expression.domain import Scope, compile_expression
from hub.expression.domain.field_types import FieldTypes
from hub.expression.domain.history import FUNCTIONS, MAX_DAYS, MOST_BY_HOURS
from hub.kernel.times import to_iso
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.apply_event import apply_event
from hub.profile.domain.profile_limits import trim_to_limit
from tests.factories import NOON, an_event

TYPES = ("page.viewed", "order.completed", "form.submitted", "track.swiped")
BIRTH = NOON - timedelta(days=400)
Life = Sequence[Event]


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Events in the order in which they arrive; each arrives at its `received_at`."""
    events: list[Event] = []
    at = BIRTH + timedelta(days=draw(st.integers(0, 390)))
    for _ in range(draw(st.integers(1, 12))):
        at += timedelta(minutes=draw(st.sampled_from([0, 1, 40, 200, 1500, 9000, 60_000])))
        kind = draw(st.sampled_from(TYPES))
        late = timedelta(days=draw(st.sampled_from([0, 0, 0, 1, 5, 89, 90, 91, 200])))
        currency = draw(st.sampled_from(["GBP", "EUR"]))
        for number in range(draw(st.sampled_from([1, 1, 2, 3, 40]))):
            received = at + timedelta(seconds=number)
            events.append(
                an_event(
                    kind,
                    f"e-{len(events)}",
                    occurred_at=received - late,
                    received_at=received,
                    properties={"amount": number + 1, "currency": currency},
                )
            )
    return events


def live(life: Life) -> Customer:
    customer = Customer(customer_id="c-1")
    for event in life:
        customer = apply_event(customer, event, event.received_at)
        customer = trim_to_limit(customer, lambda c: len(str(c.to_dict())), 1)
        customer = Customer.from_dict(customer.to_dict())
    return customer


def first_day(now: datetime, days: int) -> date:
    return now.date() - timedelta(days=days - 1 if days else MAX_DAYS)


def in_window(event: Event, now: datetime, window: dict[str, int]) -> bool:
    if hours := window.get("hours"):
        return event.occurred_at >= now - timedelta(hours=hours)
    return event.occurred_at.astimezone(UTC).date() >= first_day(now, window.get("days", 0))


windows: st.SearchStrategy[dict[str, int]] = st.one_of(
    st.just({}),
    st.integers(1, MAX_DAYS).map(lambda days: {"days": days}),
    st.integers(1, 24 * MAX_DAYS).map(lambda hours: {"hours": hours}),
)


@settings(max_examples=300)
@given(lives(), st.sampled_from(TYPES), windows)
def test_the_past_is_as_somebody_with_unbounded_memory_has_it(
    life: Life, event_type: str, window: dict[str, int]
) -> None:
    customer, event = live(life), life[-1]
    now = event.received_at
    others = [e for e in life if e.type == event_type and e is not event]
    all_of_type = [e for e in life if e.type == event_type]

    def ask(name: str, *arguments: object, **options: int) -> object:
        return FUNCTIONS[name].call(event, customer, now, event_type, *arguments, **options)

    count = sum(in_window(e, now, window) for e in all_of_type)
    counted = ask("count", **window)
    assert counted == (min(count, MOST_BY_HOURS + 1) if "hours" in window else count)
    assert ask("seen", **window) == (count > 0)
    assert ask("absent", **window) == (not any(in_window(e, now, window) for e in others))
    assert ask("first") == (not any(in_window(e, now, {}) for e in others))
    newest = max((e.occurred_at for e in others), default=None)
    expected = (now - newest) / timedelta(days=1) if newest else None
    assert ask("since") == pytest.approx(expected)
    if "hours" not in window:
        for currency in ("GBP", "EUR"):
            amount = sum(
                e.properties["amount"]
                for e in all_of_type
                if in_window(e, now, window) and e.properties["currency"] == currency
            )
            assert ask("sum", currency, **window) == amount


@settings(max_examples=200)
@given(lives(), st.sampled_from(TYPES), st.integers(0, 400))
def test_a_goal_that_is_an_event_type_is_never_forgotten(life: Life, goal: str, days: int) -> None:
    since = NOON - timedelta(days=days)
    later = [e.occurred_at for e in life if e.type == goal and e.occurred_at > since]
    expected = to_iso(max(later)) if later else None
    assert find_goal_reached_since(live(life), goal, since) == expected


@settings(max_examples=200)
@given(lives(), st.lists(st.sampled_from(TYPES), min_size=2, max_size=3), st.integers(1, 400))
def test_a_sequence_is_found_among_the_newest_of_each_type(
    life: Life, types: list[str], hours: int
) -> None:
    newest_first = sorted(life, key=lambda e: e.occurred_at, reverse=True)
    kept = [
        event
        for index, event in enumerate(newest_first)
        if sum(e.type == event.type for e in newest_first[:index]) <= MOST_BY_HOURS
        and (
            event.occurred_at >= life[-1].received_at - timedelta(days=MAX_DAYS)
            or sum(e.type == event.type for e in newest_first[:index]) < 2
        )
    ]
    by_time = sorted(kept, key=lambda e: e.occurred_at)

    def follow(start: list[Event], rest: list[str]) -> bool:
        if not rest:
            return True
        candidates = [
            e
            for e in by_time
            if e.type == rest[0]
            and all(e is not used for used in start)
            and e.occurred_at >= start[-1].occurred_at
            and e.occurred_at <= start[0].occurred_at + timedelta(hours=hours)
        ]
        return bool(candidates) and follow([*start, candidates[0]], rest[1:])

    expected = any(follow([e], types[1:]) for e in by_time if e.type == types[0])
    scope = life[-1], live(life), life[-1].received_at
    assert FUNCTIONS["sequence"].call(*scope, *types, within_hours=hours) == expected


def test_what_a_customer_does_otherwise_changes_no_condition() -> None:
    order = an_event("order.completed", "o-1", occurred_at=NOON - timedelta(hours=2))
    pages = [
        an_event(event_id=f"p-{n}", occurred_at=NOON - timedelta(minutes=n)) for n in range(100)
    ]
    named = [an_event(f"track.kind_{n}", f"t-{n}") for n in range(100)]
    customer = live([order, *pages, *named])
    scope = Scope(named[-1], customer, NOON)
    for text in ("seen('order.completed', hours=3)", "not absent('order.completed', days=1)"):
        assert compile_expression(text, FieldTypes()).matches(scope)
    assert sum(name.startswith("track.") for name in customer.recent) == 32
    for newer, older in pairwise(customer.recent["page.viewed"]):
        assert newer >= older
