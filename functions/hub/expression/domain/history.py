"""Functions on what the customer did: windows over `activity` and `amounts` (days) and `recent`
(hours).

The event at hand counts once it has been remembered. `days=N` are today and the N - 1 days before
it, in UTC; `hours=N` looks at the rings of recent events, which reach back only so far.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hub.expression.domain.field_types import FieldKind
from hub.expression.domain.function import CUSTOMER_ROOTS, FLAG, NUMBER, Function
from hub.kernel.digest import digest
from hub.model.customer import Customer
from hub.model.event import Event

MAX_DAYS = 90
MAX_HOURS = 24 * MAX_DAYS
_HOUR = 3_600_000
_DAY = 24 * _HOUR


def count(
    _: Event, customer: Customer, now: datetime, event_type: str, *, days: int = 0, hours: int = 0
) -> int:
    """How often the customer did it, in the window or in all that the hub remembers."""
    if hours:
        oldest = _to_milliseconds(now) - hours * _HOUR
        return sum(at >= oldest for _, at in _list_recent(customer, event_type))
    activity = customer.activity.get(event_type)
    if not activity:
        return 0
    if not days:
        return sum(activity.values())
    from_day = _first_day(now, days)
    return sum(times for day, times in activity.items() if day >= from_day)


def seen(
    event: Event,
    customer: Customer,
    now: datetime,
    event_type: str,
    *,
    days: int = 0,
    hours: int = 0,
) -> bool:
    """Whether the customer did it at least once."""
    return count(event, customer, now, event_type, days=days, hours=hours) > 0


def sum_amounts(
    _: Event,
    customer: Customer,
    now: datetime,
    event_type: str,
    currency: Any,
    *,
    days: int = 0,
) -> int | None:
    """The sum of `amount` of these events in that currency, in minor units.

    0 when there were none, None when the currency is missing.

    `sum('order.completed', 'EUR', days=30) >= 50000` asks for 500 euros. Amounts are remembered by
    the day, each currency apart, so there is no window of hours and nothing is ever converted.
    """
    if not isinstance(currency, str):
        return None
    amounts = customer.amounts.get(event_type, {})
    from_day = _first_day(now, days) if days else ""
    return sum(sums.get(currency, 0) for day, sums in amounts.items() if day >= from_day)


def first(event: Event, customer: Customer, _: datetime, event_type: str) -> bool:
    """Whether the event at hand is the only one of this type that the hub remembers."""
    times = sum(customer.activity.get(event_type, {}).values())
    return times <= _is_remembered(event, customer, event_type)


def absent(
    event: Event,
    customer: Customer,
    now: datetime,
    event_type: str,
    *,
    days: int = 0,
    hours: int = 0,
) -> bool:
    """Whether the customer did not do it, the event at hand aside."""
    own = digest(event.id)
    if hours:
        oldest = _to_milliseconds(now) - hours * _HOUR
        return not any(
            at >= oldest and id_ != own for id_, at in _list_recent(customer, event_type)
        )
    times = count(event, customer, now, event_type, days=days)
    today = event.occurred_at.astimezone(UTC).date()
    counted = not days or (now.astimezone(UTC).date() - today).days < days
    return times <= (counted and _is_remembered(event, customer, event_type))


def sequence(
    _: Event, customer: Customer, __: datetime, *event_types: str, within_hours: int = MAX_HOURS
) -> bool:
    """Whether one of each happened in this order, the last within so many hours of the first.

    Two of the same millisecond may stand in either order; no event stands for two.
    """
    starts = _list_recent(customer, event_types[0])
    return any(
        _can_follow(customer, event_types[1:], start, start[1] + within_hours * _HOUR)
        for start in starts
    )


def _can_follow(
    customer: Customer, event_types: tuple[str, ...], start: tuple[str, int], until: int
) -> bool:
    """The earliest that can come next is always the best choice."""
    at, used = start[1], {start[0]}
    for event_type in event_types:
        entries = _list_recent(customer, event_type)
        later = [(t, id_) for id_, t in entries if at <= t <= until and id_ not in used]
        if not later:
            return False
        at, id_ = min(later)
        used.add(id_)
    return True


def since(event: Event, customer: Customer, now: datetime, event_type: str) -> float | None:
    """Days since the newest one before the event at hand; missing when there was none."""
    own = digest(event.id)
    newest = max((at for id_, at in _list_recent(customer, event_type) if id_ != own), default=0)
    if newest:
        return (_to_milliseconds(now) - newest) / _DAY
    days = dict(customer.activity.get(event_type, {}))
    today = event.occurred_at.astimezone(UTC).date().isoformat()
    days[today] = days.get(today, 0) - _is_remembered(event, customer, event_type)
    last = max((day for day, times in days.items() if times > 0), default=None)
    return (now.astimezone(UTC).date() - date.fromisoformat(last)).days if last else None


def _list_recent(customer: Customer, event_type: str) -> Iterator[tuple[str, int]]:
    for ring in customer.recent.values():
        for id_, type_, at in ring:
            if type_ == event_type:
                yield id_, at


def _is_remembered(event: Event, customer: Customer, event_type: str) -> bool:
    """Whether the event at hand is one of those already remembered."""
    own = digest(event.id)
    return event.type == event_type and any(
        id_ == own for id_, _ in _list_recent(customer, event_type)
    )


def _first_day(now: datetime, days: int) -> str:
    return (now.astimezone(UTC) - timedelta(days=days - 1)).date().isoformat()


def _to_milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)


_WINDOW = {"days": MAX_DAYS, "hours": MAX_HOURS}
FUNCTIONS: Mapping[str, Function] = {
    "count": Function(count, NUMBER, (None,), _WINDOW, CUSTOMER_ROOTS),
    "seen": Function(seen, FLAG, (None,), _WINDOW, CUSTOMER_ROOTS),
    "first": Function(first, FLAG, (None,), root_arguments=CUSTOMER_ROOTS),
    "absent": Function(absent, FLAG, (None,), _WINDOW, CUSTOMER_ROOTS),
    "sequence": Function(
        sequence,
        FLAG,
        (None, None),
        {"within_hours": MAX_HOURS},
        CUSTOMER_ROOTS,
        max_extra_arguments=3,
    ),
    "sum": Function(
        sum_amounts, NUMBER, (None, FieldKind.CURRENCY), {"days": MAX_DAYS}, CUSTOMER_ROOTS
    ),
    "since": Function(since, NUMBER, (None,), root_arguments=CUSTOMER_ROOTS),
}
