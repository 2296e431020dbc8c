"""Load: a file dropped in the bucket becomes one delivery a row; bad rows are set aside beside it.

The same file loaded twice gives the same delivery ids. A reading that was cut off is taken up where
it was last noted, so that no more rows are said twice than a customer remembers; one that takes too
long stops by itself, and whoever called hands the file on.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import orjson

from hub.intake.domain.file_reconciliation import (
    RECONCILIATION,
    EarlierReading,
    FileAnnouncement,
    Reconciliation,
    is_written_by_hub,
)
from hub.intake.domain.file_records.archives import FileLimits
from hub.intake.domain.normalization import Sources
from hub.intake.steps.deliver_rows import DeliverRows
from hub.intake.steps.read_file_part import ReadFilePart
from hub.kernel.errors import Conflict
from hub.messaging.ports import Bus
from hub.platform.ports import Clock, Files

LIMITS = FileLimits()


@dataclass(frozen=True, slots=True)
class LoadFile:
    """`time_is_up` is asked after every batch of rows, and `pace` returns when the next may go."""

    files: Files
    sources: Sources
    bus: Bus
    clock: Clock
    time_is_up: Callable[[], bool]
    pace: Callable[[], None]
    limits: FileLimits = LIMITS

    def __call__(self, announcement: FileAnnouncement) -> Reconciliation | None:
        """Returns the account it wrote beside the file, unfinished where time was up before the
        file was; None where nothing was to be done, also where the file was overwritten since or
        another message reads it: both have an announcement of their own.

        Raises `Unavailable` when the bus keeps refusing: then the file is to be taken up again, and
        goes on behind the last batch that was noted.
        """
        announcement = replace(announcement, etag=announcement.etag.strip('"'))
        if is_written_by_hub(announcement.key):
            return None
        earlier = EarlierReading.from_record(
            _record(announcement.key, self.files), announcement.etag
        )
        if earlier.is_settled or earlier.is_ahead_of(announcement):
            return None
        try:
            return self._read(announcement, earlier)
        except Conflict:
            return None

    def _read(self, drop: FileAnnouncement, earlier: EarlierReading) -> Reconciliation:
        now = self.clock()
        started_at = (earlier.started_at if drop.turn else None) or now
        with self.files.open_temporary() as quarantine:
            rows = DeliverRows(self.sources, self.bus, started_at, earlier.rows_reached, quarantine)
            return ReadFilePart(
                drop,
                earlier,
                self.files,
                rows,
                self.clock,
                self.time_is_up,
                self.pace,
                self.limits,
            ).run()


def _record(key: str, files: Files) -> Mapping[str, Any]:
    if not files.exists(key + RECONCILIATION):
        return {}
    with closing(files.open(key + RECONCILIATION)) as stream:
        try:
            record = orjson.loads(stream.read())
        except orjson.JSONDecodeError:
            return {}
    return record if isinstance(record, dict) else {}
