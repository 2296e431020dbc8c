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
    Drop,
    Earlier,
    Reconciliation,
    is_our_own,
)
from hub.intake.domain.file_records.archives import Limits
from hub.intake.domain.normalization import Sources
from hub.intake.steps.deliver_rows import Rows
from hub.intake.steps.read_file_part import Turn
from hub.kernel.errors import Conflict
from hub.messaging.ports import Bus
from hub.platform.ports import Clock, Files

LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Loader:
    """`time_is_up` is asked after every batch of rows, and `pace` returns when the next may go."""

    files: Files
    sources: Sources
    bus: Bus
    clock: Clock
    time_is_up: Callable[[], bool]
    pace: Callable[[], None]
    limits: Limits = LIMITS

    def __call__(self, drop: Drop) -> Reconciliation | None:
        """Returns the account it wrote beside the file, unfinished where time was up before the
        file was; None where nothing was to be done, also where the file was overwritten since or
        another message reads it: both have an announcement of their own.

        Raises `Unavailable` when the bus keeps refusing: then the file is to be taken up again, and
        goes on behind the last batch that was noted.
        """
        drop = replace(drop, etag=drop.etag.strip('"'))
        if is_our_own(drop.key):
            return None
        earlier = Earlier.of(_record(drop.key, self.files), drop.etag)
        if earlier.settled or earlier.outruns(drop):
            return None
        try:
            return self._read(drop, earlier)
        except Conflict:
            return None

    def _read(self, drop: Drop, earlier: Earlier) -> Reconciliation:
        now = self.clock()
        started_at = (earlier.started_at if drop.turn else None) or now
        with self.files.aside() as quarantine:
            rows = Rows(self.sources, self.bus, started_at, earlier.rows_reached, quarantine)
            return Turn(
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
