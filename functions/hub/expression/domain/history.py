"""Functions of what the customer did: windows over `activity` and `amounts` (days) and `recent`
(hours).

The current event counts once it is part of the profile. `days=N` is today and the N - 1 days before
it, in UTC. `hours=N` looks at the lists of recent events, which have a limited length.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from hub.expression.domain.field_types import FieldKind
from hub.expression.domain.function import CUSTOMER_ROOTS, FLAG, NUMBER, Function
from hub.kernel.digest import digest
from hub.model.customer import Customer
from hub.model.event import Event

MAX_DAYS = 90
MAX_HOURS = 24 * MAX_DAYS
_HOUR = 3_600_000
_DAY = 24 * _HOUR


def count_events(
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


def has_seen(
    event: Event,
    customer: Customer,
    now: datetime,
    event_type: str,
    *,
    days: int = 0,
    hours: int = 0,
) -> bool:
    """Whether the customer did it at least once."""
    return count_events(event, customer, now, event_type, days=days, hours=hours) > 0


def sum_amounts(
    _: Event,
    customer: Customer,
    now: datetime,
    event_type: str,
    currency: object,
    *,
    days: int = 0,
) -> int | None:
    """The sum of `amount` of these events in that currency, in minor units.

    0 if there were none, None if the currency is missing.
    `sum('order.completed', 'EUR', days=30) >= 50000` asks for 500 euros. The profile keeps amounts
    by day and by currency, so there is no window of hours and no conversion.
    """
    if not isinstance(currency, str):
        return None
    amounts = customer.amounts.get(event_type, {})
    from_day = _first_day(now, days) if days else ""
    return sum(sums.get(currency, 0) for day, sums in amounts.items() if day >= from_day)


def is_first(event: Event, customer: Customer, _: datetime, event_type: str) -> bool:
    """Whether the current event is the only one of this type that the hub remembers."""
    times = sum(customer.activity.get(event_type, {}).values())
    return times <= _is_in_profile(event, customer, event_type)


def is_absent(
    event: Event,
    customer: Customer,
    now: datetime,
    event_type: str,
    *,
    days: int = 0,
    hours: int = 0,
) -> bool:
    """Whether the customer did not do it, apart from the current event."""
    own = digest(event.id)
    if hours:
        oldest = _to_milliseconds(now) - hours * _HOUR
        return not any(
            at >= oldest and id_ != own for id_, at in _list_recent(customer, event_type)
        )
    times = count_events(event, customer, now, event_type, days=days)
    today = event.occurred_at.astimezone(UTC).date()
    counted = not days or (now.astimezone(UTC).date() - today).days < days
    return times <= (counted and _is_in_profile(event, customer, event_type))


def has_sequence(
    _: Event, customer: Customer, __: datetime, *event_types: str, within_hours: int = MAX_HOURS
) -> bool:
    """Whether one of each happened in this order, the last within so many hours of the first.

    Two events of the same millisecond count in either order. One event never counts twice.
    """
    starts = _list_recent(customer, event_types[0])
    return any(
        _can_follow(customer, event_types[1:], start, start[1] + within_hours * _HOUR)
        for start in starts
    )


def _can_follow(
    customer: Customer, event_types: tuple[str, ...], start: tuple[str, int], until: int
) -> bool:
    """Whether the other events follow. The earliest next event is always the best choice."""
    at, used = start[1], {start[0]}
    for event_type in event_types:
        entries = _list_recent(customer, event_type)
        later = [(t, id_) for id_, t in entries if at <= t <= until and id_ not in used]
        if not later:
            return False
        at, id_ = min(later)
        used.add(id_)
    return True


def days_since_event(
    event: Event, customer: Customer, now: datetime, event_type: str
) -> float | None:
    """Days since the newest event of this type before the current one; missing if none."""
    own = digest(event.id)
    newest = max((at for id_, at in _list_recent(customer, event_type) if id_ != own), default=0)
    if newest:
        return (_to_milliseconds(now) - newest) / _DAY
    days = dict(customer.activity.get(event_type, {}))
    today = event.occurred_at.astimezone(UTC).date().isoformat()
    days[today] = days.get(today, 0) - _is_in_profile(event, customer, event_type)
    last = max((day for day, times in days.items() if times > 0), default=None)
    return (now.astimezone(UTC).date() - date.fromisoformat(last)).days if last else None


def _list_recent(customer: Customer, event_type: str) -> Iterator[tuple[str, int]]:
    """Yields the id and the time, in milliseconds, of each recent event of that type."""
    for entries in customer.recent.values():
        for id_, type_, at in entries:
            if type_ == event_type:
                yield id_, at


def _is_in_profile(event: Event, customer: Customer, event_type: str) -> bool:
    """Whether the current event is of that type and among the recent events of the profile."""
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
    "count": Function(count_events, NUMBER, (None,), _WINDOW, CUSTOMER_ROOTS),
    "seen": Function(has_seen, FLAG, (None,), _WINDOW, CUSTOMER_ROOTS),
    "first": Function(is_first, FLAG, (None,), root_arguments=CUSTOMER_ROOTS),
    "absent": Function(is_absent, FLAG, (None,), _WINDOW, CUSTOMER_ROOTS),
    "sequence": Function(
        has_sequence,
        FLAG,
        (None, None),
        {"within_hours": MAX_HOURS},
        CUSTOMER_ROOTS,
        max_extra_arguments=3,
    ),
    "sum": Function(
        sum_amounts, NUMBER, (None, FieldKind.CURRENCY), {"days": MAX_DAYS}, CUSTOMER_ROOTS
    ),
    "since": Function(days_since_event, NUMBER, (None,), root_arguments=CUSTOMER_ROOTS),
}
