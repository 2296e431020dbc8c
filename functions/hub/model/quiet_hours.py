"""Quiet hours: hours of the customer's clock in which nothing is sent.

A policy declares them. An action carries those that apply when it goes out.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Self

from hub.kernel.json_types import Json, JsonObject
from hub.model.wall_clock import find_first_instant, find_last_instant

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class QuietPeriod:
    """The time from `start` to `end`, over midnight if `end` is not later.

    `days` are the weekdays on which it starts; empty is every day. It starts when the clock first
    shows `start` or later, and ends when the clock shows `end` or later for good: if the clock is
    put back over `end`, the second time counts. `owner_zone` is for customers of
    whom no zone is known; empty is UTC.
    """

    start: time
    end: time
    days: tuple[str, ...] = ()
    owner_zone: str = ""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        start, end = (time.fromisoformat(data[name]) for name in ("from", "to"))
        return cls(start, end, tuple(data.get("days", ())), data.get("owner_zone", ""))

    def to_dict(self) -> dict[str, Json]:
        days = {"days": list(self.days)} if self.days else {}
        start, end = (at.isoformat("seconds") for at in (self.start, self.end))
        owner_zone = {"owner_zone": self.owner_zone} if self.owner_zone else {}
        return {"from": start, "to": end, **days, **owner_zone}

    def ends_at(self, now: datetime) -> datetime | None:
        """Returns the end of the period if `now`, on the customer's clock, is in it."""
        for begins, ends, weekday in _recent_periods(self.start, self.end, now.date(), now.tzinfo):
            if begins <= now < ends and (not self.days or weekday in self.days):
                return ends
        return None


@lru_cache(maxsize=512)
def _recent_periods(
    start: time, end: time, today: date, zone: tzinfo | None
) -> tuple[tuple[datetime, datetime, str], ...]:
    """The periods that begin today and yesterday: start and end in UTC, and the weekday on which
    they begin."""
    periods = []
    for day in (today, today - timedelta(days=1)):
        last_day = day + timedelta(days=end <= start)
        begins = find_first_instant(datetime.combine(day, start), zone)
        ends = find_last_instant(datetime.combine(last_day, end), zone)
        periods.append((begins, ends, WEEKDAYS[day.weekday()]))
    return tuple(periods)
