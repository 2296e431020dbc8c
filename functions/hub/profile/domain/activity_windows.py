"""Activity windows: the last events of two kinds, and counts and sums by day."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar

from hub.kernel.digest import digest
from hub.kernel.times import to_milliseconds
from hub.model.customer import Customer
from hub.model.event import Event

ACTIVITY_WINDOW = timedelta(days=90)
MAX_RECENT_EVENTS = 50
BEHAVIOUR_SUBJECTS = frozenset(
    {
        *("action", "app", "cart", "coupon", "decision", "email", "form", "message", "offer"),
        *("page", "product", "push", "search", "track"),
    }
)
_LAST_DAY = date.max.isoformat()

RecentEvent = tuple[str, str, int]
RecentEventsByKind = Mapping[str, tuple[RecentEvent, ...]]
DayValue = TypeVar("DayValue")


def record_activity(customer: Customer, event: Event, now: datetime) -> Customer:
    """Adds the event to the recent events and to the days, and drops days that are too old."""
    oldest = (now - ACTIVITY_WINDOW).date().isoformat()
    day = event.occurred_at.date().isoformat()
    return customer.with_changes(
        recent=_add_recent_event(customer.recent, event),
        activity=_count_day(_keep_days_from(customer.activity, oldest), event, day, oldest),
        amounts=_add_amount(_keep_days_from(customer.amounts, oldest), event, day, oldest),
    )


def is_recent(customer: Customer, name: str) -> bool:
    """Whether the event with the digest `name` is among the recent events."""
    return any(name == entry[0] for entries in customer.recent.values() for entry in entries)


def has_activity(customer: Customer) -> bool:
    return bool(customer.activity or customer.amounts or customer.recent)


def drop_oldest_day(customer: Customer) -> Customer:
    """Returns the customer without the oldest day, and without the oldest recent event of each
    kind."""
    by_day = (*customer.activity.values(), *customer.amounts.values())
    days = sorted({day for days in by_day for day in days})
    second = days[1] if len(days) > 1 else _LAST_DAY
    return customer.with_changes(
        activity=_keep_days_from(customer.activity, second),
        amounts=_keep_days_from(customer.amounts, second),
        recent={
            kind: shorter for kind, entries in customer.recent.items() if (shorter := entries[:-1])
        },
    )


def _add_recent_event(recent: RecentEventsByKind, event: Event) -> RecentEventsByKind:
    subject = event.type.partition(".")[0]
    kind = "behaviour" if subject in BEHAVIOUR_SUBJECTS else "business"
    entry = (digest(event.id), event.type, to_milliseconds(event.occurred_at))
    entries = recent.get(kind, ())
    index = bisect_right(entries, _newest_first_key(entry), key=_newest_first_key)
    return {**recent, kind: (*entries[:index], entry, *entries[index:])[:MAX_RECENT_EVENTS]}


def _newest_first_key(entry: RecentEvent) -> tuple[int, str]:
    return -entry[2], entry[0]


def _keep_days_from(
    by_type: Mapping[str, Mapping[str, DayValue]], oldest: str
) -> dict[str, dict[str, DayValue]]:
    kept = {
        event_type: {day: value for day, value in days.items() if day >= oldest}
        for event_type, days in by_type.items()
    }
    return {event_type: days for event_type, days in kept.items() if days}


def _count_day(
    kept: dict[str, dict[str, int]], event: Event, day: str, oldest: str
) -> Mapping[str, Mapping[str, int]]:
    if day >= oldest:
        days = kept.setdefault(event.type, {})
        days[day] = days.get(day, 0) + 1
    return kept


def _add_amount(
    kept: dict[str, dict[str, Mapping[str, int]]], event: Event, day: str, oldest: str
) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Adds the amount of any event that has one, in whole minor units. Without a currency it is
    under the empty text."""
    amount, currency = event.properties.get("amount"), event.properties.get("currency") or ""
    if day >= oldest and type(amount) is int and isinstance(currency, str):
        days = kept.setdefault(event.type, {})
        sums = days.get(day, {})
        days[day] = {**sums, currency: sums.get(currency, 0) + amount}
    return kept
