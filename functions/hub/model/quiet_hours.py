"""Hours of the customer's clock in which nothing is sent. A policy declares them, and an action
carries those that are to hold for it when it goes out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Self

from hub.kernel.json_types import Json, JsonObject

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class QuietPeriod:
    """From `start` to `end`, over midnight where that is earlier, on the `days` on which it starts,
    or on every day."""

    start: time
    end: time
    days: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        start, end = (time.fromisoformat(data[name]) for name in ("from", "to"))
        return cls(start, end, tuple(data.get("days", ())))

    def to_dict(self) -> dict[str, Json]:
        days = {"days": list(self.days)} if self.days else {}
        start, end = (at.isoformat("seconds") for at in (self.start, self.end))
        return {"from": start, "to": end, **days}

    def ends_at(self, now: datetime) -> datetime | None:
        """The end of the hours in which `now`, of the customer's clock, falls."""
        for begins, ends, weekday in _recent_periods(self.start, self.end, now.date(), now.tzinfo):
            if begins <= now < ends and (not self.days or weekday in self.days):
                return ends
        return None


@lru_cache(maxsize=512)
def _recent_periods(
    start: time, end: time, today: date, zone: tzinfo | None
) -> tuple[tuple[datetime, datetime, str], ...]:
    """Hours of the clock as they fall today and fell yesterday in a zone: in UTC, with the name of
    the day on which they begin."""
    found = []
    for day in (today, today - timedelta(days=1)):
        over = day + timedelta(days=end <= start)
        begins = datetime.combine(day, start, zone).astimezone(UTC)
        # Where the clock is put back into them, they end the second time it strikes.
        ends = datetime.combine(over, end, zone).replace(fold=1).astimezone(UTC)
        found.append((begins, ends, WEEKDAYS[day.weekday()]))
    return tuple(found)
