"""Poll: new rows of a source's database become deliveries, each under one id.

A poll reads what was written since the watermark less the overlap, and leaves out what it remembers
of that stretch. The watermark moves only behind what the bus has taken, so that a poll that is cut
off anywhere is made up for by the next.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hub.intake.domain.polling_definition import PollingDefinition
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.ports import ParkedPayloads, SourceDatabase, Watermarks
from hub.intake.steps.poll_sweep import PollSweep
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import Bus, ClaimCheck
from hub.platform.ports import Clock

LEASE = timedelta(minutes=5)
"""Longer than any call of the function may last."""


@dataclass(frozen=True, slots=True)
class PollDatabase:
    """Takes messages that name a `source`. `urls` gives the databases' addresses by source."""

    sources: Callable[[str], SourceDefinition | None]
    urls: Callable[[], Mapping[str, Any]]
    database: SourceDatabase
    watermarks: Watermarks
    bus: Bus
    claim_check: ClaimCheck
    parked: ParkedPayloads
    clock: Clock
    time_is_up: Callable[[], bool]

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, self._poll)

    def _poll(self, message: QueueMessage) -> None:
        """Does nothing for a source without an address, and none where another poll is at it."""
        name, polling = self._find_definition(message)
        url, now = self.urls().get(name), self.clock()
        if not isinstance(url, str):
            return
        watermark = self.watermarks.lease(name, message.id, now, now + LEASE)
        if watermark is None:
            return
        try:
            sweep = PollSweep(self, name, polling, message.id, now, watermark)
            with closing(
                self.database.read_rows(
                    url, polling.query, watermark.find_start(polling), polling.batch
                )
            ) as batches:
                sweep.run(batches)
        finally:
            self.watermarks.release(name, message.id)

    def _find_definition(self, message: QueueMessage) -> tuple[str, PollingDefinition]:
        name = str(message.body.get("source", ""))
        source = self.sources(name)
        if source is None or source.database is None:
            raise Rejected("is no source with a database", "source")
        return name, source.database
