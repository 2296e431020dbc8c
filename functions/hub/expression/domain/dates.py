"""Functions on dates. Today is the customer's own day, by `place.time_zone`; UTC if unknown."""

from datetime import date, datetime
from typing import Any

from hub.kernel.times import moment
from hub.model.customer import Customer
from hub.model.customer_clock import local
from hub.model.event import Event

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def stamp(value: Any) -> float | None:
    """Seconds since 1970 of a moment or of its ISO text; None for everything else."""
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return moment(value).timestamp() if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def age(_: Event, customer: Customer, now: datetime, born: Any) -> int | None:
    """Whole years."""
    day = _day(born)
    if day is None:
        return None
    today = local(customer, now).date()
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def days_since(_: Event, customer: Customer, now: datetime, value: Any) -> int | None:
    """Calendar days; negative while it lies ahead."""
    day = _day(value)
    return None if day is None else (local(customer, now).date() - day).days


def days_until(event: Event, customer: Customer, now: datetime, value: Any) -> int | None:
    """Calendar days; negative once it has passed."""
    passed = days_since(event, customer, now, value)
    return None if passed is None else -passed


def days_until_anniversary(_: Event, customer: Customer, now: datetime, day: Any) -> int | None:
    """Calendar days to the next birthday or the like; 0 on the day; 29 February moves to 28."""
    first = _day(day)
    if first is None:
        return None
    today = local(customer, now).date()
    next_one = _in_year(first, today.year)
    if next_one < today:
        next_one = _in_year(first, today.year + 1)
    return (next_one - today).days


def weekday(_: Event, customer: Customer, now: datetime) -> str:
    return DAYS[local(customer, now).weekday()]


def hour(_: Event, customer: Customer, now: datetime) -> int:
    return local(customer, now).hour


def _day(value: Any) -> date | None:
    try:
        read = moment(value) if isinstance(value, str) else value
    except (ValueError, OverflowError):
        return None
    return read.date() if isinstance(read, datetime) else None


def _in_year(day: date, year: int) -> date:
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
