"""How a source's database is polled: the `database` part of its `source.json`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self
from zoneinfo import ZoneInfo

Mark = datetime | Decimal | int
"""Where a row stands in the order of reading: when it was written, or a number that only grows."""


def precedes(one: Mark, other: Mark) -> bool:
    """Both are of one column, and so of one kind."""
    first: Any = one
    return bool(first < other)


@dataclass(frozen=True, slots=True)
class Polling:
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
    begin: Mark
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

    def before(self, mark: Mark) -> Mark:
        """From where on a late commit may still come, once `mark` was read."""
        if isinstance(mark, datetime):
            return mark - timedelta(seconds=self.overlap)
        return mark - self.overlap

    def not_ahead(self, mark: Mark, now: datetime) -> Mark:
        """No later than now: one row from the future must not hide those that come before it."""
        if not isinstance(mark, datetime):
            return mark
        if mark.tzinfo is None:
            now = now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)
        return min(mark, now)
