"""Functions of what the customer did: windows over `activity` and `amounts` (days) and `recent`
(hours).

The current event counts, because it is part of the profile when a condition is evaluated.
`days=N` is today and the N - 1 days before it, in UTC; without a window it is today and the 90
days before it. `hours=N` looks at the newest 31 times of the event type.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from hub.expression.domain.field_types import FieldKind
from hub.expression.domain.function import CUSTOMER_ROOTS, FLAG, NUMBER, Function
from hub.kernel.times import to_milliseconds
from hub.model.customer import Customer
from hub.model.day_series import DAY_IN_MILLISECONDS, sum_since, to_day
from hub.model.event import Event

MAX_DAYS = 90
MAX_HOURS = 24 * MAX_DAYS
MOST_BY_HOURS = 30
_HOUR = 3_600_000


def count_events(
    _: Event, customer: Customer, now: datetime, event_type: str, *, days: int = 0, hours: int = 0
) -> int:
    """How often the customer did it, in the window or in the last 90 days.

    A window of hours counts to 31 and no further.
    """
    if hours:
        oldest = to_milliseconds(now) - hours * _HOUR
        return sum(at >= oldest for at in customer.recent.get(event_type, ()))
    series = customer.activity.get(event_type)
    return sum_since(series, _first_day(now, days)) if series else 0


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
    series = customer.amounts.get(event_type, {}).get(currency, ())
    return sum_since(series, _first_day(now, days))


def is_first(event: Event, customer: Customer, now: datetime, event_type: str) -> bool:
    """Whether the current event is the only one of this type in the last 90 days."""
    return is_absent(event, customer, now, event_type)


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
    times = count_events(event, customer, now, event_type, days=days, hours=hours)
    if event.type != event_type:
        return not times
    if hours:
        own = to_milliseconds(event.occurred_at) >= to_milliseconds(now) - hours * _HOUR
    else:
        own = to_day(event.occurred_at) >= _first_day(now, days)
    return times <= own


def has_sequence(
    _: Event, customer: Customer, __: datetime, *event_types: str, within_hours: int = MAX_HOURS
) -> bool:
    """Whether one of each happened in this order, the last within so many hours of the first.

    It looks at the newest 31 events of each type. Two events of the same millisecond count in
    either order. One event never counts twice.
    """
    first = event_types[0]
    return any(
        _can_follow(customer, event_types[1:], (first, index), at, at + within_hours * _HOUR)
        for index, at in enumerate(customer.recent.get(first, ()))
    )


def _can_follow(
    customer: Customer, event_types: tuple[str, ...], start: tuple[str, int], at: int, until: int
) -> bool:
    """Whether the other events follow. The earliest next event is always the best choice."""
    used = {start}
    for event_type in event_types:
        later = [
            (time, index)
            for index, time in enumerate(customer.recent.get(event_type, ()))
            if at <= time <= until and (event_type, index) not in used
        ]
        if not later:
            return False
        at, index = min(later)
        used.add((event_type, index))
    return True


def days_since_event(
    event: Event, customer: Customer, now: datetime, event_type: str
) -> float | None:
    """Days since the newest event of this type before the current one, however old it is; missing
    if there was none."""
    newest = _newest_other(event, customer.recent.get(event_type, ()), event_type)
    return None if newest is None else (to_milliseconds(now) - newest) / DAY_IN_MILLISECONDS


def _newest_other(event: Event, times: Sequence[int], event_type: str) -> int | None:
    """The newest time but that of the current event."""
    own = to_milliseconds(event.occurred_at) if event.type == event_type else None
    is_own_newest = bool(times) and times[0] == own
    return next(iter(times[is_own_newest:]), None)


def _first_day(now: datetime, days: int) -> int:
    return to_day(now - timedelta(days=days - 1 if days else MAX_DAYS))


_WINDOW = {"days": MAX_DAYS, "hours": MAX_HOURS}
FUNCTIONS: Mapping[str, Function] = {
    "count": Function(
        count_events, NUMBER, (None,), _WINDOW, CUSTOMER_ROOTS, exact_to={"hours": MOST_BY_HOURS}
    ),
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
