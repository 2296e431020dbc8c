"""The customer's clock and calendar by `place.time_zone`; UTC if that is not known."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub.kernel.times import to_milliseconds
from hub.model.customer import Customer
from hub.model.wall_clock import find_day_start


def to_local_time(customer: Customer, now: datetime) -> datetime:
    name = customer.place.get("time_zone")
    return now.astimezone(_time_zone(name) if isinstance(name, str) else UTC)


@lru_cache(maxsize=512)
def _time_zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def period_starts(customer: Customer, now: datetime) -> Mapping[str, int]:
    """The millisecond at which the customer's current day, week (from Monday) and month began."""
    here = to_local_time(customer, now)
    return _period_starts(here.date(), here.tzinfo)


@lru_cache(maxsize=512)
def _period_starts(today: date, zone: tzinfo | None) -> Mapping[str, int]:
    first_days = {
        "day": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
    }
    return {name: to_milliseconds(find_day_start(day, zone)) for name, day in first_days.items()}
