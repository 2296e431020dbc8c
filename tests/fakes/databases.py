"""Sources' databases, and how far they were read."""

from collections.abc import Generator, Iterable, Sequence
from datetime import datetime
from typing import Any

from hub.intake.domain.polling_definition import WatermarkValue
from hub.intake.domain.sql_row import DatabaseRow
from hub.intake.domain.watermark import Watermark, WatermarkRecord
from hub.kernel.errors import Conflict, Rejected


class SourceDatabase:
    """`committed` are the rows that can be seen; the query is the name of the column in whose
    order they are read."""

    def __init__(self, *committed: dict[str, Any]) -> None:
        self.committed = list(committed)

    def commit(self, rows: Iterable[dict[str, Any]]) -> None:
        self.committed.extend(rows)

    def read_rows(
        self, url: str, query: str, since: WatermarkValue, batch: int
    ) -> Generator[Sequence[DatabaseRow], None, None]:
        if "://" not in url:
            raise Rejected("is not a SQLAlchemy URL", "address of the database")
        there: Any = since
        found = sorted((r for r in self.committed if r[query] >= there), key=lambda r: r[query])
        for at in range(0, len(found), batch):
            yield found[at : at + batch]


class Watermarks:
    """`noted` is by source; `held` who reads it, and until when."""

    def __init__(self) -> None:
        self.noted: dict[str, WatermarkRecord] = {}
        self.held: dict[str, tuple[str, datetime]] = {}

    def lease(self, source: str, holder: str, now: datetime, until: datetime) -> Watermark | None:
        by, ends = self.held.get(source, (holder, now))
        if by != holder and ends >= now:
            return None
        self.held[source] = holder, until
        return Watermark.from_dict(self.noted.get(source, {}))

    def note(self, source: str, holder: str, watermark: Watermark) -> None:
        if self.held.get(source, ("", None))[0] != holder:
            raise Conflict("the lease is another's")
        self.noted[source] = watermark.to_dict()

    def release(self, source: str, holder: str) -> None:
        if self.held.get(source, ("", None))[0] == holder:
            del self.held[source]
