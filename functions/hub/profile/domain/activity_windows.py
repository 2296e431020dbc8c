"""Activity: what conditions ask about the past, as facts of their own.

For each event type the customer has

- in `activity`, how often it happened on each of the last 90 days,
- in `amounts`, the sum of its amounts on each of these days by currency,
- in `recent`, the newest times, 31 of the last 90 days, and the newest two however old they are.

No other event type and no other block drops any of them. So a condition on an event type gets the
same value whatever else the customer does. There are three bounds. A customer has at most 32 event
types that an application names itself (`track.*`), and 16 currencies of an event type: those that
happened last. A customer beyond `profile_limits.HARD_LIMIT`, whom no honest source makes, loses
what happened longest ago.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from operator import neg
from typing import TypeVar

from hub.kernel.times import to_milliseconds
from hub.model.customer import Customer
from hub.model.day_series import (
    NO_DAYS,
    DaySeries,
    add_to_day,
    drop_days_before,
    find_last_day,
    read_day,
    to_day,
)
from hub.model.event import MOST_AHEAD, Event
from hub.profile.domain.occurrences import Occurrence

ACTIVITY_WINDOW = timedelta(days=90)
MAX_TIMES = 31
TIMES_OF_ANY_AGE = 2
MAX_NAMED_TYPES = 32
MAX_CURRENCIES = 16
NAMED_TYPES = "track."
Value = TypeVar("Value")


def record_activity(customer: Customer, event: Event, now: datetime) -> Customer:
    """Adds the event to the activity of its type, and drops what is older than 90 days.

    An event later than `MOST_AHEAD` is in no count by day: a series has a number for every day.
    """
    oldest = to_milliseconds(now - ACTIVITY_WINDOW)
    first_day, day = to_day(oldest), to_day(event.occurred_at)
    recent = add_time(customer.recent, event.type, to_milliseconds(event.occurred_at))
    activity = drop_days_of_types(customer.activity, first_day)
    amounts: dict[str, Mapping[str, DaySeries]] = {
        name: kept
        for name, sums in customer.amounts.items()
        if (kept := drop_days_of_types(sums, first_day))
    }
    if first_day <= day <= to_day(now + MOST_AHEAD):
        activity[event.type] = add_to_day(activity.get(event.type, NO_DAYS), day, 1)
        _add_amount(amounts, event, day)
    return drop_exceeding_types(
        customer.with_changes(
            recent={name: drop_old_times(times, oldest) for name, times in recent.items()},
            activity=activity,
            amounts=amounts,
        )
    )


def move_activity(customer: Customer, before: Occurrence, after: Occurrence | None) -> Customer:
    """Counts an event at another time and with another amount, or no longer if `after` is None.

    What no longer has the event stays as it is.
    """
    if before == after:
        return customer
    name = before.event_type
    recent, times = dict(customer.recent), list(customer.recent.get(name, ()))
    if before.at in times:
        times.remove(before.at)
        recent[name] = tuple(sorted([*times, after.at] if after else times, reverse=True))
    activity = dict(customer.activity)
    amounts: dict[str, Mapping[str, DaySeries]] = dict(customer.amounts)
    days = activity.get(name, NO_DAYS)
    if read_day(days, to_day(before.at)):
        activity[name] = add_to_day(days, to_day(before.at), -1)
        sums: Mapping[str, DaySeries] = _add_stated_amount(amounts.get(name, {}), before, -1)
        if after:
            activity[name] = add_to_day(activity[name], to_day(after.at), 1)
            sums = drop_exceeding_currencies(_add_stated_amount(sums, after, 1))
        amounts[name] = sums
    return customer.with_changes(
        recent={each: kept for each, kept in recent.items() if kept},
        activity={each: kept for each, kept in activity.items() if kept},
        amounts={each: kept for each, kept in amounts.items() if kept},
    )


def drop_days_of_types(by_name: Mapping[str, DaySeries], first_day: int) -> dict[str, DaySeries]:
    """Without the days before `first_day`, and without what has no other day."""
    kept = {name: drop_days_before(days, first_day) for name, days in by_name.items()}
    return {name: days for name, days in kept.items() if days}


def drop_exceeding_types(customer: Customer) -> Customer:
    """Keeps the latest `MAX_NAMED_TYPES` of the event types that an application names itself."""
    named = [name for name in customer.recent if name.startswith(NAMED_TYPES)]
    if len(named) <= MAX_NAMED_TYPES:
        return customer
    named.sort(key=lambda name: (customer.recent[name][0], name), reverse=True)
    exceeding = frozenset(named[MAX_NAMED_TYPES:])
    return customer.with_changes(
        recent=_without(customer.recent, exceeding),
        activity=_without(customer.activity, exceeding),
        amounts=_without(customer.amounts, exceeding),
    )


def add_time(
    recent: Mapping[str, Sequence[int]], event_type: str, at: int
) -> Mapping[str, Sequence[int]]:
    """Adds the time of an event, in milliseconds. Two events of the same time are two times."""
    times = recent.get(event_type, ())
    index = bisect_left(times, -at, key=neg)
    return {**recent, event_type: (*times[:index], at, *times[index:])[:MAX_TIMES]}


def drop_old_times(times: Sequence[int], oldest: int) -> Sequence[int]:
    while len(times) > TIMES_OF_ANY_AGE and times[-1] < oldest:
        times = times[:-1]
    return times


def drop_exceeding_currencies(sums: Mapping[str, DaySeries]) -> Mapping[str, DaySeries]:
    """Keeps the `MAX_CURRENCIES` that were last used."""
    if len(sums) <= MAX_CURRENCIES:
        return sums
    last_used = sorted(
        ((find_last_day(days), currency) for currency, days in sums.items() if days), reverse=True
    )
    kept = frozenset(currency for _, currency in last_used[:MAX_CURRENCIES])
    return {currency: days for currency, days in sums.items() if currency in kept}


def _add_amount(amounts: dict[str, Mapping[str, DaySeries]], event: Event, day: int) -> None:
    """Adds the amount of any event that has one, in whole minor units. Without a currency it is
    under the empty text."""
    amount, currency = event.properties.get("amount"), event.properties.get("currency") or ""
    if type(amount) is int and isinstance(currency, str):
        sums = amounts.get(event.type, {})
        days = add_to_day(sums.get(currency, NO_DAYS), day, amount)
        amounts[event.type] = drop_exceeding_currencies({**sums, currency: days})


def _add_stated_amount(
    sums: Mapping[str, DaySeries], occurrence: Occurrence, times: int
) -> dict[str, DaySeries]:
    currency, amount = occurrence.currency, (occurrence.amount or 0) * times
    days = add_to_day(sums.get(currency, NO_DAYS), to_day(occurrence.at), amount)
    return {name: kept for name, kept in {**sums, currency: days}.items() if kept}


def _without(by_type: Mapping[str, Value], names: Collection[str]) -> dict[str, Value]:
    return {name: value for name, value in by_type.items() if name not in names}
