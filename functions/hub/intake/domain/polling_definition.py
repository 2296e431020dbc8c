"""Polling of a source's database: the `database` part of its `source.json`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

from hub.kernel.json_types import JsonObject

WatermarkValue = datetime | Decimal | int
"""The place of a row in the order of reading: its time of writing, or a number that only grows."""


def is_before(value: WatermarkValue, other: WatermarkValue) -> bool:
    """Compares two values of one column, which have the same type."""
    comparable: Any = value
    return bool(comparable < other)


@dataclass(frozen=True, slots=True)
class PollingDefinition:
    """What the hub reads from a database, and how often.

    `query` selects the rows from `:since` on, including it, in the order of the column
    `watermark`. `key` are the columns that identify a row. `overlap`, in seconds or numbers, is how
    far behind the latest row a late commit may be: each poll reads that stretch again. `begin` is
    the start of the first poll. `zone` is the zone of times without one. A row is one event however
    often it is written; with `changes` every write is an event. `every` is in minutes.
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
    def from_dict(cls, data: JsonObject) -> Self:
        begin = data["begin"]
        value = datetime.fromisoformat(begin) if isinstance(begin, str) else begin
        return cls(**{**data, "begin": value, "key": tuple(data["key"])})

    def subtract_overlap(self, value: WatermarkValue) -> WatermarkValue:
        """Returns the lowest value that a late commit may still have after `value` was read."""
        if isinstance(value, datetime):
            return value - timedelta(seconds=self.overlap)
        return value - self.overlap

    def limit_to_now(self, value: WatermarkValue, now: datetime) -> WatermarkValue:
        """Limits the value to now, because a row from the future must not hide earlier rows."""
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            now = now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        return min(value, now)
