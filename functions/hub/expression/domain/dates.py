"""Functions of dates. All days are those of the customer's own calendar (`hub.model.time_zones`).

A date without a time is that day. A time is on the day that the customer's calendar shows then.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from hub.expression.domain.field_types import Field, FieldKind
from hub.expression.domain.function import NUMBER, Function
from hub.kernel.times import parse_time
from hub.model.calendar_day import count_years, find_anniversary, read_day
from hub.model.customer import Customer
from hub.model.customer_clock import to_local_time

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def to_timestamp(value: object) -> float | None:
    """Converts a moment or its ISO text to seconds since 1970; anything else to None."""
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return parse_time(value).timestamp() if isinstance(value, str) else None
    except ValueError:
        return None


def age(customer: Customer, now: datetime, owner_zone: tzinfo, born: object) -> int | None:
    """Whole years since that date; 29 February moves to the 28th in other years."""
    local_time = to_local_time(customer, now, owner_zone)
    first = read_day(born, local_time.tzinfo)
    return None if first is None else count_years(first, local_time.date())


def days_since(customer: Customer, now: datetime, owner_zone: tzinfo, value: object) -> int | None:
    """Calendar days since that date; negative while it lies ahead."""
    local_time = to_local_time(customer, now, owner_zone)
    day = read_day(value, local_time.tzinfo)
    return None if day is None else (local_time.date() - day).days


def days_until(customer: Customer, now: datetime, owner_zone: tzinfo, value: object) -> int | None:
    """Calendar days until that date; negative once it has passed."""
    days = days_since(customer, now, owner_zone, value)
    return None if days is None else -days


def days_until_anniversary(
    customer: Customer, now: datetime, owner_zone: tzinfo, day: object
) -> int | None:
    """Calendar days until the day comes round again; 0 on the day.

    29 February moves to the 28th in other years.
    """
    local_time = to_local_time(customer, now, owner_zone)
    first, today = read_day(day, local_time.tzinfo), local_time.date()
    if first is None:
        return None
    anniversary = find_anniversary(first, today.year)
    if anniversary is None or anniversary < today:
        anniversary = find_anniversary(first, today.year + 1)
    return None if anniversary is None else (anniversary - today).days


def weekday(customer: Customer, now: datetime, owner_zone: tzinfo) -> str:
    """The day of the week where the customer lives, such as `monday`."""
    return WEEKDAYS[to_local_time(customer, now, owner_zone).weekday()]


def hour(customer: Customer, now: datetime, owner_zone: tzinfo) -> int:
    """The hour of the day where the customer lives, 0 to 23."""
    return to_local_time(customer, now, owner_zone).hour


_DATE = (FieldKind.MOMENT,)
_ROOTS = ("customer", "now", "surroundings.owner_zone")
FUNCTIONS: Mapping[str, Function] = {
    "age": Function(age, NUMBER, _DATE, root_arguments=_ROOTS),
    "days_since": Function(days_since, NUMBER, _DATE, root_arguments=_ROOTS),
    "days_until": Function(days_until, NUMBER, _DATE, root_arguments=_ROOTS),
    "days_until_anniversary": Function(
        days_until_anniversary, NUMBER, _DATE, root_arguments=_ROOTS
    ),
    "weekday": Function(weekday, Field(FieldKind.TEXT, values=WEEKDAYS), root_arguments=_ROOTS),
    "hour": Function(hour, NUMBER, root_arguments=_ROOTS),
}
