"""Load: a file dropped in the bucket becomes one delivery a row; bad rows are set aside beside it.

The same file loaded twice gives the same delivery ids. A reading that was cut off is taken up where
it was last noted, so that no more rows are said twice than a customer remembers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import orjson

from hub.domain.csv_rows import CARRIER, CsvRow, csv_rows
from hub.domain.definition import FileFormat, Source
from hub.domain.delivery import LARGEST_ON_BUS, Delivery
from hub.domain.errors import Conflict, Rejected, Unavailable
from hub.domain.reconciliation import (
    QUARANTINE,
    RECONCILIATION,
    Reconciliation,
    is_our_own,
    row_reached,
    settles,
)
from hub.domain.safe_id import safe_id
from hub.domain.source import Sources, read
from hub.ports import Bus, Clock, Files

AT_A_TIME = 100
TRIES = 3
IN_MEMORY = 4 * 1024 * 1024


def load_file(
    key: str, etag: str, *, files: Files, sources: Sources, bus: Bus, clock: Clock
) -> Reconciliation | None:
    """Returns the account it wrote beside the file; None where nothing was to be done, also where
    the file was overwritten since: that has an announcement of its own.

    Raises `Unavailable` when the bus keeps refusing: then the file is to be taken up again, and
    goes on behind the last row that was noted, every `AT_A_TIME` rows.
    """
    etag = etag.strip('"')
    record = {} if is_our_own(key) else _record(key, files)
    if is_our_own(key) or settles(record, etag):
        return None
    done = row_reached(record, etag)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as quarantine:
        try:
            return _Load(key, etag, files, sources, bus, clock, clock(), quarantine, done).run()
        except Conflict:
            return None


def _record(key: str, files: Files) -> dict[str, Any]:
    if not files.exists(key + RECONCILIATION):
        return {}
    try:
        record = orjson.loads("".join(files.lines(key + RECONCILIATION, "utf-8")))
    except orjson.JSONDecodeError:
        return {}
    return record if isinstance(record, dict) else {}


@dataclass(slots=True)
class _Load:
    """One reading of a file. `done` is the row up to which an earlier reading had come."""

    key: str
    etag: str
    files: Files
    sources: Sources
    bus: Bus
    clock: Clock
    started_at: datetime
    quarantine: IO[bytes]
    done: int
    events: int = 0
    quarantined: int = 0

    def run(self) -> Reconciliation:
        refused = ""
        try:
            self._rows()
        except Rejected as rejection:
            refused = f"{rejection.field} {rejection.reason}".strip()
        self._put_quarantine()
        return self._put_reconciliation(self.clock(), refused)

    def _rows(self) -> None:
        source, file = self._source()
        lines = self.files.lines(self.key, CARRIER, self.etag)
        rows = csv_rows(lines, file.delimiter, file.encoding)
        header = _header(next(rows, None), file.columns)
        deliveries = self._deliveries(rows, header, source)
        while batch := list(islice(deliveries, AT_A_TIME)):
            self._deliver([delivery for number, delivery in batch if number > self.done])
            self.events += len(batch)
            self.done = max(self.done, batch[-1][0])
            self._put_reconciliation()

    def _source(self) -> tuple[Source, FileFormat]:
        name, _, rest = self.key.partition("/")
        source = self.sources.find(name) if rest else None
        if source is None or source.file is None:
            raise Rejected(f"there is no source {name} that sends files")
        if not self.key.endswith(f".{source.file.format}"):
            raise Rejected(f"the files of {name} end in .{source.file.format}")
        return source, source.file

    def _deliveries(
        self, rows: Iterator[CsvRow], header: Sequence[str], source: Source
    ) -> Iterator[tuple[int, Delivery]]:
        name = safe_id(f"{self.key}:{self.etag}")
        for number, row in enumerate(rows, start=1):
            try:
                delivery = self._delivery(source, f"{name}:{number}", _payload(header, row))
                read(source, delivery, self.sources.check)
            except Rejected as rejection:
                self._set_aside(number, row, rejection)
            else:
                yield number, delivery

    def _delivery(self, source: Source, delivery_id: str, payload: Any) -> Delivery:
        return Delivery(
            id=delivery_id,
            source=source.name,
            received_at=self.started_at,
            correlation_id=f"{source.name}:{delivery_id}",
            payload=payload,
        )

    def _set_aside(self, number: int, row: CsvRow, rejection: Rejected) -> None:
        entry = {
            "row": number,
            "reason": rejection.reason,
            "field": rejection.field,
            "line": row.text,
        }
        self.quarantine.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
        self.quarantined += 1

    def _deliver(self, batch: Sequence[Delivery]) -> None:
        waiting, reason = batch, ""
        for _ in range(TRIES):
            refused = self.bus.deliver(waiting)
            if not refused:
                return
            waiting = [waiting[index] for index in refused]
            reason = next(iter(refused.values()))
        raise Unavailable(f"the bus did not take {len(waiting)} rows of a file: {reason}")

    def _put_quarantine(self) -> None:
        if self.quarantined or self.files.exists(self.key + QUARANTINE):
            self.quarantine.seek(0)
            self.files.put(self.key + QUARANTINE, self.quarantine)

    def _put_reconciliation(
        self, finished_at: datetime | None = None, refused: str = ""
    ) -> Reconciliation:
        account = Reconciliation(
            file=self.key,
            etag=self.etag,
            source=self.key.partition("/")[0],
            events=self.events,
            quarantined=self.quarantined,
            row=self.done,
            started_at=self.started_at,
            finished_at=finished_at,
            refused=refused,
        )
        self.files.put(self.key + RECONCILIATION, [orjson.dumps(account.to_dict())])
        return account


def _payload(header: Sequence[str], row: CsvRow) -> dict[str, str]:
    if row.fault:
        raise Rejected(row.fault)
    payload = dict(zip(header, row.values, strict=True))
    if len(orjson.dumps(payload)) > LARGEST_ON_BUS:
        raise Rejected(f"has more than {LARGEST_ON_BUS} bytes")
    return payload


def _header(row: CsvRow | None, columns: Sequence[str]) -> Sequence[str]:
    """The column names. Raises `Rejected` for a header that cannot be the source's."""
    if row is None:
        raise Rejected("the file is empty")
    if row.fault:
        raise Rejected(f"the header {row.fault}")
    names = [name.strip() for name in row.values]
    if missing := [column for column in columns if column not in names]:
        raise Rejected(f"the header lacks {', '.join(missing)}")
    if len(set(names)) != len(names):
        raise Rejected("the header names a column twice")
    return names
