"""From when and until when a row is valid.

A date without a time is a day of the customer's own calendar: the row starts when the day begins
where the customer lives, and ends when the day is over there. A time is the same instant for all.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Self

from hub.catalogue.domain.row_reader import RowReader
from hub.kernel.times import to_iso
from hub.model.wall_clock import find_first_instant

FIRST_ZONE, LAST_ZONE = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
"""Where a day begins first on Earth, and where it ends last."""


@dataclass(frozen=True, slots=True)
class Validity:
    """A row is valid from `starts` and until `ends`; None is no limit.

    Each is a date, or a `datetime` in UTC. The date of `ends` is the last day; a time of `ends` is
    the first instant at which the row is not valid.
    """

    starts: date | None = None
    ends: date | None = None

    @classmethod
    def read(cls, reader: RowReader) -> Self:
        """Reads `starts` and `ends` and adds their problems to `reader`."""
        return cls(reader.read_day_or_time("starts"), reader.read_day_or_time("ends"))

    @property
    def is_limited(self) -> bool:
        return self.starts is not None or self.ends is not None

    @property
    def has_days(self) -> bool:
        """Whether a limit is a day, which is another time in another zone."""
        return any(
            limit is not None and not isinstance(limit, datetime)
            for limit in (self.starts, self.ends)
        )

    def has_started(self, local_time: datetime) -> bool:
        """`local_time` is the time of the decision on the customer's clock."""
        if self.starts is None or isinstance(self.starts, datetime):
            return self.starts is None or self.starts <= local_time
        return self.starts <= local_time.date()

    def has_ended(self, local_time: datetime) -> bool:
        """`local_time` is the time of the decision on the customer's clock."""
        if self.ends is None or isinstance(self.ends, datetime):
            return self.ends is not None and self.ends <= local_time
        return self.ends < local_time.date()

    def includes(self, local_time: datetime) -> bool:
        return self.has_started(local_time) and not self.has_ended(local_time)

    def find_end(self, zone: tzinfo | None) -> datetime | None:
        """Returns the first instant at which it is not valid any more in the zone; None if it has
        no end."""
        if self.ends is None or isinstance(self.ends, datetime):
            return self.ends
        try:
            next_day = self.ends + timedelta(days=1)
            return find_first_instant(datetime.combine(next_day, time.min), zone)
        except OverflowError:
            return None

    def has_ended_everywhere(self, now: datetime) -> bool:
        return self.has_ended(_show(now, LAST_ZONE))

    def is_empty(self) -> bool:
        """Whether it ends before it starts, wherever the customer lives."""
        if self.starts is None or self.ends is None:
            return False
        if isinstance(self.starts, datetime):
            return self.has_ended_everywhere(self.starts)
        if isinstance(self.ends, datetime):
            return not self.has_started(_show(self.ends, FIRST_ZONE))
        return self.ends < self.starts

    def covers(self, other: Self) -> bool:
        """Whether it is valid whenever the other is.

        False if that depends on where the customer lives, because a day begins and ends later in
        the west.
        """
        starts = self.starts is None or (
            type(self.starts) is type(other.starts)
            and other.starts is not None
            and self.starts <= other.starts
        )
        ends = self.ends is None or (
            type(self.ends) is type(other.ends)
            and other.ends is not None
            and other.ends <= self.ends
        )
        return starts and ends

    def describe_start(self) -> str:
        """`on 2026-11-22`, or `at` and the time in UTC; empty if there is none."""
        return _describe(self.starts)

    def describe_end(self) -> str:
        """`with 2026-11-22`, or `at` and the time in UTC; empty if there is none."""
        return _describe(self.ends, "with")

    def describe_now(self, local_time: datetime) -> str:
        """The time in UTC, and the customer's day if a day is a limit."""
        day = f", {local_time.date().isoformat()} where they live" if self.has_days else ""
        return f"{to_iso(local_time)}{day}"

    def describe(self) -> str:
        """When a row is valid, in the words of its feedback; empty if it is without limit."""
        words = (("starts", self.describe_start()), ("ends", self.describe_end()))
        parts = [f"{name} {limit}" for name, limit in words if limit]
        calendar = ", on each customer's own calendar" if self.has_days else ""
        return f"{' and '.join(parts)}{calendar}"


UNLIMITED = Validity()


def _describe(limit: date | None, word: str = "on") -> str:
    if limit is None:
        return ""
    if isinstance(limit, datetime):
        return f"at {to_iso(limit)}"
    return f"{word} {limit.isoformat()}"


def _show(at: datetime, zone: timezone) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at.astimezone(UTC)
