"""Polls a source's database: each new row becomes one inbound payload.

A poll reads the rows since the watermark minus the overlap, and skips those of the overlap that it
remembers. The watermark moves only after the bus has taken the rows, so that the next poll makes up
for an interrupted one.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from hub.intake.domain.polling_definition import PollingDefinition
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.ports import ParkedPayloads, SourceDatabase, Watermarks
from hub.intake.steps.poll_sweep import PollSweep
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, Rejected
from hub.kernel.json_types import JsonObject
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import Bus, ClaimCheck
from hub.platform.ports import Clock

LEASE = timedelta(minutes=5)
"""Longer than the longest call of the function."""


@dataclass(frozen=True, slots=True)
class PollDatabase:
    """Takes messages that name a `source`. `urls` returns the addresses of databases by source."""

    sources: Callable[[str], SourceDefinition | None]
    urls: Callable[[], JsonObject]
    database: SourceDatabase
    watermarks: Watermarks
    bus: Bus
    claim_check: ClaimCheck
    parked: ParkedPayloads
    clock: Clock
    is_time_up: Callable[[], bool]

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, self._poll)

    def _poll(self, message: QueueMessage) -> None:
        """Does nothing for a source without an address, or while another poll reads it."""
        name, polling = self._find_definition(message)
        url, now = self.urls().get(name), self.clock()
        if not isinstance(url, str):
            return
        watermark = self.watermarks.lease(name, message.id, now, now + LEASE)
        if watermark is None:
            return
        try:
            sweep = PollSweep(self, name, polling, message.id, now, watermark)
            start = watermark.find_start(polling)
            rows = self.database.read_rows(url, polling.query, start, polling.batch)
            with closing(rows) as batches:
                sweep.run(batches)
        finally:
            self.watermarks.release(name, message.id)

    def _find_definition(self, message: QueueMessage) -> tuple[str, PollingDefinition]:
        name = str(message.body.get("source", ""))
        source = self.sources(name)
        if source is None or source.database is None:
            raise Rejected("is not a source with a database", "source")
        return name, source.database
