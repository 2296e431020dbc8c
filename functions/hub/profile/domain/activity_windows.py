"""What happened lately: two rings of the last events, and counts and sums by the day."""

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
Fact = TypeVar("Fact")


def record_activity(customer: Customer, event: Event, now: datetime) -> Customer:
    """The customer with `event` in the rings and windows, without what is too old for them."""
    oldest = (now - ACTIVITY_WINDOW).date().isoformat()
    day = event.occurred_at.date().isoformat()
    return customer.with_changes(
        recent=_add_recent_event(customer.recent, event),
        activity=_count_day(_keep_days_from(customer.activity, oldest), event, day, oldest),
        amounts=_add_amount(_keep_days_from(customer.amounts, oldest), event, day, oldest),
    )


def is_recent(customer: Customer, name: str) -> bool:
    """Whether an event of that digest is in a ring."""
    return any(name == entry[0] for ring in customer.recent.values() for entry in ring)


def has_activity(customer: Customer) -> bool:
    return bool(customer.activity or customer.amounts or customer.recent)


def drop_oldest_day(customer: Customer) -> Customer:
    """The customer without the oldest day, and the last entry of each ring."""
    by_day = (*customer.activity.values(), *customer.amounts.values())
    days = sorted({day for days in by_day for day in days})
    second = days[1] if len(days) > 1 else _LAST_DAY
    return customer.with_changes(
        activity=_keep_days_from(customer.activity, second),
        amounts=_keep_days_from(customer.amounts, second),
        recent={n: shorter for n, ring in customer.recent.items() if (shorter := ring[:-1])},
    )


def _add_recent_event(recent: RecentEventsByKind, event: Event) -> RecentEventsByKind:
    subject = event.type.partition(".")[0]
    ring = "behaviour" if subject in BEHAVIOUR_SUBJECTS else "business"
    entry = (digest(event.id), event.type, to_milliseconds(event.occurred_at))
    entries = recent.get(ring, ())
    place = bisect_right(entries, _newest_first_key(entry), key=_newest_first_key)
    return {**recent, ring: (*entries[:place], entry, *entries[place:])[:MAX_RECENT_EVENTS]}


def _newest_first_key(entry: RecentEvent) -> tuple[int, str]:
    return -entry[2], entry[0]


def _keep_days_from(
    by_type: Mapping[str, Mapping[str, Fact]], oldest: str
) -> dict[str, dict[str, Fact]]:
    kept = {
        kind: {day: fact for day, fact in days.items() if day >= oldest}
        for kind, days in by_type.items()
    }
    return {kind: days for kind, days in kept.items() if days}


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
    """Of any event that carries one, in whole minor units; without a currency it is under ''."""
    amount, currency = event.properties.get("amount"), event.properties.get("currency") or ""
    if day >= oldest and type(amount) is int and isinstance(currency, str):
        days = kept.setdefault(event.type, {})
        sums = days.get(day, {})
        days[day] = {**sums, currency: sums.get(currency, 0) + amount}
    return kept
