"""Windows and sequences over the compact profile against a plain list of all events."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.expression.domain import Scope, compile_expression
from hub.expression.domain.field_types import FieldTypes
from hub.model.event import Event
from tests.factories import NOON, a_customer, an_event

TYPES = st.sampled_from(("page.viewed", "cart.abandoned", "order.completed"))
HOURS = st.integers(1, 72)
DAYS = st.integers(1, 4)
PAST = st.lists(st.tuples(TYPES, st.integers(0, 96)), min_size=1, max_size=6)
CURRENCY = st.sampled_from(("EUR", "GBP"))
Paid = dict[str, Any]
PAID = st.fixed_dictionaries({"amount": st.integers(-5, 5), "currency": CURRENCY})


def build_events(past: list[tuple[str, int]]) -> list[Event]:
    """The last of them is the current event."""
    return [
        an_event(type_, f"e-{n}", occurred_at=NOON - timedelta(hours=ago))
        for n, (type_, ago) in enumerate(past)
    ]


def holds(text: str, events: list[Event]) -> bool:
    scope = Scope(events[-1], a_customer(*events), NOON)
    return compile_expression(text, FieldTypes()).matches(scope)


def since_day(days: int) -> str:
    return (NOON - timedelta(days=days - 1)).date().isoformat()


@settings(max_examples=150, deadline=None)
@given(PAST, TYPES, DAYS, HOURS)
def test_windows(past: list[tuple[str, int]], type_: str, days: int, hours: int) -> None:
    events = build_events(past)
    of_type = [event for event in events if event.type == type_]
    by_day = [e for e in of_type if e.occurred_at.date().isoformat() >= since_day(days)]
    by_hour = [e for e in of_type if e.occurred_at >= NOON - timedelta(hours=hours)]
    assert holds(f"count('{type_}', days={days}) == {len(by_day)}", events)
    assert holds(f"count('{type_}', hours={hours}) == {len(by_hour)}", events)
    assert holds(f"seen('{type_}', days={days})", events) is bool(by_day)
    now = events[-1]
    assert holds(f"absent('{type_}', days={days})", events) is all(e is now for e in by_day)
    assert holds(f"absent('{type_}', hours={hours})", events) is all(e is now for e in by_hour)
    assert holds(f"absent('{type_}')", events) is all(e is now for e in of_type)


@settings(max_examples=150, deadline=None)
@given(PAST, st.lists(PAID, min_size=6, max_size=6), TYPES, DAYS, CURRENCY)
def test_sums(
    past: list[tuple[str, int]], paid: list[Paid], type_: str, days: int, currency: str
) -> None:
    events = [replace(e, properties=p) for e, p in zip(build_events(past), paid, strict=False)]
    of_type = [e for e in events if e.type == type_ and e.properties["currency"] == currency]
    by_day = [e for e in of_type if e.occurred_at.date().isoformat() >= since_day(days)]
    for window, counted in (("", of_type), (f", days={days}", by_day)):
        total = sum(event.properties["amount"] for event in counted)
        assert holds(f"sum('{type_}', '{currency}'{window}) == {total}", events)


@settings(max_examples=150, deadline=None)
@given(PAST, st.lists(TYPES, min_size=2, max_size=4), HOURS)
def test_sequences(past: list[tuple[str, int]], wanted: list[str], hours: int) -> None:
    events = build_events(past)
    happened = any(
        [event.type for event in chosen] == wanted
        and all(event.occurred_at <= later.occurred_at for event, later in pairwise(chosen))
        and chosen[-1].occurred_at - chosen[0].occurred_at <= timedelta(hours=hours)
        for chosen in permutations(events, len(wanted))
    )
    types = ", ".join(map(repr, wanted))
    assert holds(f"sequence({types}, within_hours={hours})", events) is happened
