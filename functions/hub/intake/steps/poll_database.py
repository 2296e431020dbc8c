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

from hub.intake.domain.polling_definition import Polling
from hub.intake.domain.source_definition import Source
from hub.intake.ports import Database, Parked, Watermarks
from hub.intake.steps.poll_sweep import Sweep
from hub.kernel.each_message import each
from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import Message
from hub.messaging.ports import Bus, Claims
from hub.platform.ports import Clock

LEASE = timedelta(minutes=5)
"""Longer than any call of the function may last."""


@dataclass(frozen=True, slots=True)
class Poller:
    """Takes messages that name a `source`. `urls` gives the databases' addresses by source."""

    sources: Callable[[str], Source | None]
    urls: Callable[[], Mapping[str, Any]]
    database: Database
    watermarks: Watermarks
    bus: Bus
    claims: Claims
    parked: Parked
    clock: Clock
    time_is_up: Callable[[], bool]

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return each(messages, self._poll)

    def _poll(self, message: Message) -> None:
        """Does nothing for a source without an address, and none where another poll is at it."""
        name, polling = self._polling(message)
        url, now = self.urls().get(name), self.clock()
        if not isinstance(url, str):
            return
        watermark = self.watermarks.lease(name, message.id, now, now + LEASE)
        if watermark is None:
            return
        try:
            sweep = Sweep(self, name, polling, message.id, now, watermark)
            with closing(
                self.database.rows(url, polling.query, watermark.since(polling), polling.batch)
            ) as batches:
                sweep.run(batches)
        finally:
            self.watermarks.release(name, message.id)

    def _polling(self, message: Message) -> tuple[str, Polling]:
        name = str(message.body.get("source", ""))
        source = self.sources(name)
        if source is None or source.database is None:
            raise Rejected("is no source with a database", "source")
        return name, source.database
