"""How a source's database is polled: the `database` part of its `source.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

WatermarkValue = datetime | Decimal | int
"""Where a row stands in the order of reading: when it was written, or a number that only grows."""


def is_before(value: WatermarkValue, other: WatermarkValue) -> bool:
    """Both are of one column, and so of one kind."""
    first: Any = value
    return bool(first < other)


@dataclass(frozen=True, slots=True)
class PollingDefinition:
    """`query` gives the rows from `:since` on, that included, in the order of the column
    `watermark`. `key` are the columns that tell a row from all others.

    `overlap` is how far behind the latest row a late commit may lie, in seconds or in numbers: from
    there on everything is read again. `begin` is where the very first reading begins. `zone` is of
    times that name none. A row is one event however often it is written; with `changes` each time
    it is written is an event of its own. `every` is minutes.
    """

    query: str
    watermark: str
    key: tuple[str, ...]
    begin: WatermarkValue
    overlap: int
    batch: int = 500
    every: int = 1
    zone: str = "UTC"
    changes: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        begin = data["begin"]
        told = datetime.fromisoformat(begin) if isinstance(begin, str) else begin
        return cls(**{**data, "begin": told, "key": tuple(data["key"])})

    def subtract_overlap(self, value: WatermarkValue) -> WatermarkValue:
        """From where on a late commit may still come, once `mark` was read."""
        if isinstance(value, datetime):
            return value - timedelta(seconds=self.overlap)
        return value - self.overlap

    def limit_to_now(self, value: WatermarkValue, now: datetime) -> WatermarkValue:
        """No later than now: one row from the future must not hide those that come before it."""
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            now = now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        return min(value, now)
