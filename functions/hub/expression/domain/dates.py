"""Functions of dates. Today is the customer's own day, by `place.time_zone`; UTC if unknown."""

from collections.abc import Mapping
from datetime import date, datetime

from hub.expression.domain.field_types import Field, FieldKind
from hub.expression.domain.function import CUSTOMER_ROOTS, NUMBER, Function
from hub.kernel.times import parse_time
from hub.model.customer import Customer
from hub.model.customer_clock import to_local_time
from hub.model.event import Event

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def to_timestamp(value: object) -> float | None:
    """Converts a moment or its ISO text to seconds since 1970; anything else to None."""
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return parse_time(value).timestamp() if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def age(_: Event, customer: Customer, now: datetime, born: object) -> int | None:
    """Whole years since that date."""
    day = _to_date(born)
    if day is None:
        return None
    today = to_local_time(customer, now).date()
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def days_since(_: Event, customer: Customer, now: datetime, value: object) -> int | None:
    """Calendar days since that date; negative while it lies ahead."""
    day = _to_date(value)
    return None if day is None else (to_local_time(customer, now).date() - day).days


def days_until(event: Event, customer: Customer, now: datetime, value: object) -> int | None:
    """Calendar days until that date; negative once it has passed."""
    days = days_since(event, customer, now, value)
    return None if days is None else -days


def days_until_anniversary(_: Event, customer: Customer, now: datetime, day: object) -> int | None:
    """Calendar days until the day comes round again; 0 on the day.

    29 February moves to the 28th in other years.
    """
    first = _to_date(day)
    if first is None:
        return None
    today = to_local_time(customer, now).date()
    anniversary = _move_to_year(first, today.year)
    if anniversary < today:
        anniversary = _move_to_year(first, today.year + 1)
    return (anniversary - today).days


def weekday(_: Event, customer: Customer, now: datetime) -> str:
    """The day of the week where the customer lives, such as `monday`."""
    return WEEKDAYS[to_local_time(customer, now).weekday()]


def hour(_: Event, customer: Customer, now: datetime) -> int:
    """The hour of the day where the customer lives, 0 to 23."""
    return to_local_time(customer, now).hour


def _to_date(value: object) -> date | None:
    try:
        moment = parse_time(value) if isinstance(value, str) else value
    except (ValueError, OverflowError):
        return None
    return moment.date() if isinstance(moment, datetime) else None


def _move_to_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


_DATE = (FieldKind.MOMENT,)
FUNCTIONS: Mapping[str, Function] = {
    "age": Function(age, NUMBER, _DATE, root_arguments=CUSTOMER_ROOTS),
    "days_since": Function(days_since, NUMBER, _DATE, root_arguments=CUSTOMER_ROOTS),
    "days_until": Function(days_until, NUMBER, _DATE, root_arguments=CUSTOMER_ROOTS),
    "days_until_anniversary": Function(
        days_until_anniversary, NUMBER, _DATE, root_arguments=CUSTOMER_ROOTS
    ),
    "weekday": Function(
        weekday, Field(FieldKind.TEXT, values=WEEKDAYS), root_arguments=CUSTOMER_ROOTS
    ),
    "hour": Function(hour, NUMBER, root_arguments=CUSTOMER_ROOTS),
}
