"""Reads the activity of a stored customer, in today's form or in the one of before 0.3.0.

Until 0.3.0 `recent` was the newest events of two kinds of event types, each `[digest, type,
milliseconds]`; `activity` and `amounts` were maps from the day; `processed` was one list.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from hub.kernel.json_types import Json, JsonObject
from hub.model.day_series import (
    DAY_IN_MILLISECONDS,
    NO_DAYS,
    DaySeries,
    add_to_day,
    day_of_date,
    find_last_day,
)

BEHAVIOUR, BUSINESS = "behaviour", "business"
KINDS = (BEHAVIOUR, BUSINESS)


def read_activity(stored: JsonObject) -> dict[str, DaySeries]:
    return {name: _read_days(days) for name, days in stored.items()}


def read_amounts(stored: JsonObject) -> dict[str, dict[str, DaySeries]]:
    return {name: _read_sums(sums) for name, sums in stored.items()}


def read_recent(stored: JsonObject, activity: Mapping[str, DaySeries]) -> dict[str, Sequence[int]]:
    """The newest times by event type. The old form may lack a type that `activity` has: its last
    day is taken as the time."""
    if stored.keys().isdisjoint(KINDS):
        return {name: tuple(times) for name, times in stored.items()}
    times: dict[str, list[int]] = {}
    for kind in stored.values():
        for _, event_type, at in kind:
            times.setdefault(event_type, []).append(at)
    for event_type in activity.keys() - times.keys():
        times[event_type] = [find_last_day(activity[event_type]) * DAY_IN_MILLISECONDS]
    return {name: tuple(sorted(ats, reverse=True)) for name, ats in times.items()}


def read_processed(stored: Json) -> dict[str, tuple[str, ...]]:
    if isinstance(stored, Mapping):
        return {kind: tuple(names) for kind, names in stored.items()}
    return {BUSINESS: tuple(stored)} if stored else {}


def _read_days(stored: Json) -> DaySeries:
    if not isinstance(stored, Mapping):
        return tuple(stored)
    series = NO_DAYS
    for day, number in sorted(stored.items()):
        series = add_to_day(series, day_of_date(date.fromisoformat(day)), number)
    return series


def _read_sums(stored: JsonObject) -> dict[str, DaySeries]:
    """The old form is a map from the day to the sums of its currencies."""
    sums: dict[str, DaySeries] = {}
    for name, value in stored.items():
        if not isinstance(value, Mapping):
            sums[name] = tuple(value)
            continue
        day = day_of_date(date.fromisoformat(name))
        for currency, amount in value.items():
            sums[currency] = add_to_day(sums.get(currency, NO_DAYS), day, amount)
    return sums
