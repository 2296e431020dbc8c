"""Every change of every zone's clock within five years, for the laws of the calendar."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

FIRST_DAY = datetime(2026, 11, 29, tzinfo=UTC)
DAYS = 5 * 366


class ClockChange(NamedTuple):
    """At `at`, in UTC, the clock jumps from `before` to `after`, both without a time zone."""

    zone: ZoneInfo
    at: datetime
    before: datetime
    after: datetime


def show(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows at an instant: only the offset from UTC is asked for."""
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return at.replace(tzinfo=None) + offset


@cache
def list_clock_changes() -> list[ClockChange]:
    """The changes of all zones, each once for zones that change at the same instant alike."""
    found: dict[tuple[datetime, ...], ClockChange] = {}
    for name in sorted(available_timezones()):
        for change in _find_changes(ZoneInfo(name)):
            found.setdefault(change[1:], change)
    return list(found.values())


def list_gaps() -> list[ClockChange]:
    return [change for change in list_clock_changes() if change.after > change.before]


def _find_changes(zone: ZoneInfo) -> Iterator[ClockChange]:
    days = [FIRST_DAY + timedelta(days=n) for n in range(DAYS)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    for day, offset, next_offset in zip(days, offsets, offsets[1:], strict=False):
        if offset != next_offset:
            low, high = 0, 24 * 60
            while high - low > 1:
                middle = (low + high) // 2
                same = (day + timedelta(minutes=middle)).astimezone(zone).utcoffset() == offset
                low, high = (middle, high) if same else (low, middle)
            at = day + timedelta(minutes=high)
            assert offset is not None
            yield ClockChange(zone, at, at.replace(tzinfo=None) + offset, show(at, zone))
