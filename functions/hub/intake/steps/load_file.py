"""Loads a dropped file: each row becomes an inbound payload or goes to the file's quarantine.

The same file gives the same delivery ids. An interrupted reading resumes at the last stored
progress, so that it repeats no more rows than a customer can recognise. A reading that takes too
long stops, and its caller starts the next turn.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

import orjson

from hub.intake.domain.file_reconciliation import (
    RECONCILIATION,
    EarlierReading,
    FileAnnouncement,
    Reconciliation,
    is_written_by_hub,
)
from hub.intake.domain.file_records.limits import LIMITS, FileLimits
from hub.intake.domain.normalization import Sources
from hub.intake.steps.deliver_rows import DeliverRows
from hub.intake.steps.read_file_part import ReadFilePart
from hub.kernel.errors import Conflict
from hub.kernel.json_types import JsonObject
from hub.messaging.ports import Bus
from hub.platform.ports import Clock, Files


@dataclass(frozen=True, slots=True)
class LoadFile:
    """After every batch of rows, `pace` waits until the next may go and `is_time_up` is checked."""

    files: Files
    sources: Sources
    bus: Bus
    clock: Clock
    is_time_up: Callable[[], bool]
    pace: Callable[[], None]
    limits: FileLimits = LIMITS

    def __call__(self, announcement: FileAnnouncement) -> Reconciliation | None:
        """Returns the reconciliation that it wrote; it is unfinished if time was up.

        Returns None if there is nothing to do. That includes a file that was overwritten since and
        a file that another message reads, because both have an announcement of their own. Raises
        `Unavailable` if the bus keeps refusing: a retry resumes behind the last stored batch.
        """
        announcement = replace(announcement, etag=announcement.etag.strip('"'))
        if is_written_by_hub(announcement.key):
            return None
        record = _read_reconciliation(announcement.key, self.files)
        earlier = EarlierReading.from_record(record, announcement.etag)
        if earlier.is_settled or earlier.is_ahead_of(announcement):
            return None
        try:
            return self._read(announcement, earlier)
        except Conflict:
            return None

    def _read(self, announcement: FileAnnouncement, earlier: EarlierReading) -> Reconciliation:
        now = self.clock()
        started_at = (earlier.started_at if announcement.turn else None) or now
        with self.files.open_temporary() as quarantine:
            rows = DeliverRows(self.sources, self.bus, started_at, earlier.rows_reached, quarantine)
            return ReadFilePart(
                announcement,
                earlier,
                self.files,
                rows,
                self.clock,
                self.is_time_up,
                self.pace,
                self.limits,
            ).run()


def _read_reconciliation(key: str, files: Files) -> JsonObject:
    if not files.exists(key + RECONCILIATION):
        return {}
    with closing(files.open(key + RECONCILIATION)) as stream:
        try:
            record = orjson.loads(stream.read())
        except orjson.JSONDecodeError:
            return {}
    return record if isinstance(record, dict) else {}
