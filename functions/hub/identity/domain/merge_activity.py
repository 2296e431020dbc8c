"""Merges the activity of two customers, and unmerges it: `recent`, `activity` and `amounts`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hub.kernel.json_types import Json
from hub.model.customer import Customer
from hub.model.day_series import NO_DAYS, DaySeries, add_series, drop_days_before
from hub.profile.domain.activity_windows import (
    MAX_TIMES,
    drop_exceeding_currencies,
    drop_exceeding_types,
)

TimesByType = Mapping[str, Sequence[int]]


def merge_activity(first: Customer, second: Customer) -> dict[str, Json]:
    """The three blocks of one customer who did what both did."""
    merged = Customer(
        customer_id=first.customer_id,
        recent=_add_times(first.recent, second.recent),
        activity=_add_days(first.activity, second.activity),
        amounts={
            name: drop_exceeding_currencies(
                _add_days(first.amounts.get(name, {}), second.amounts.get(name, {}))
            )
            for name in _names(first.amounts, second.amounts)
        },
    )
    return _blocks(drop_exceeding_types(merged))


def add_activity_since(own: Customer, before: Customer, now: Customer) -> dict[str, Json]:
    """The three blocks of `own`, who also did what was added from `before` to `now`."""
    new_times = {
        name: list((Counter(times) - Counter(before.recent.get(name, ()))).elements())
        for name, times in now.recent.items()
    }
    new = Customer(
        customer_id=now.customer_id,
        recent={name: times for name, times in new_times.items() if times},
        activity=_subtract_days(now.activity, before.activity),
        amounts={
            name: sums
            for name in now.amounts
            if (sums := _subtract_days(now.amounts[name], before.amounts.get(name, {})))
        },
    )
    return merge_activity(own, new)


def _blocks(customer: Customer) -> dict[str, Json]:
    return {name: getattr(customer, name) for name in ("recent", "activity", "amounts")}


def _add_times(first: TimesByType, second: TimesByType) -> dict[str, Sequence[int]]:
    return {
        name: tuple(sorted((*first.get(name, ()), *second.get(name, ())), reverse=True)[:MAX_TIMES])
        for name in _names(first, second)
    }


def _add_days(
    first: Mapping[str, DaySeries], second: Mapping[str, DaySeries]
) -> dict[str, DaySeries]:
    sums = {
        name: add_series(first.get(name, NO_DAYS), second.get(name, NO_DAYS))
        for name in _names(first, second)
    }
    return {name: days for name, days in sums.items() if days}


def _subtract_days(
    now: Mapping[str, DaySeries], before: Mapping[str, DaySeries]
) -> dict[str, DaySeries]:
    """What was added since. Days that were dropped meanwhile are no change."""
    added = {
        name: add_series(days, drop_days_before(before.get(name, NO_DAYS), days[0]), times=-1)
        for name, days in now.items()
    }
    return {name: days for name, days in added.items() if days}


def _names(first: Iterable[str], second: Iterable[str]) -> list[str]:
    return list(dict.fromkeys((*first, *second)))
