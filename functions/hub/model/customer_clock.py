"""The customer's clock and calendar, in the zone of `hub.model.time_zones`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

from hub.kernel.times import to_milliseconds
from hub.model.customer import Customer
from hub.model.time_zones import find_customer_zone
from hub.model.wall_clock import find_day_start


def to_local_time(customer: Customer, now: datetime, owner_zone: tzinfo = UTC) -> datetime:
    """`now` on the customer's clock; on the hub owner's if no zone of the customer is known."""
    return now.astimezone(find_customer_zone(customer, owner_zone))


def period_starts(customer: Customer, now: datetime, owner_zone: tzinfo = UTC) -> Mapping[str, int]:
    """The millisecond at which the customer's current day, week (from Monday) and month began."""
    here = to_local_time(customer, now, owner_zone)
    return _period_starts(here.date(), here.tzinfo)


@lru_cache(maxsize=512)
def _period_starts(today: date, zone: tzinfo | None) -> Mapping[str, int]:
    first_days = {
        "day": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
    }
    return {name: to_milliseconds(find_day_start(day, zone)) for name, day in first_days.items()}
