"""Ports: parked payloads, sources' databases and watermarks."""

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from hub.intake.domain.polling_definition import WatermarkValue as PollingMark
from hub.intake.domain.watermark import Watermark
from hub.model.inbound_payload import InboundPayload

DatabaseRow = Mapping[str, Any]


class ParkedPayloads(Protocol):
    """What was accepted but cannot be read yet, with the reason, until its mapping is mended."""

    def park(self, payload: InboundPayload, field: str, reason: str) -> None: ...


class SourceDatabase(Protocol):
    """A source's own database."""

    def read_rows(
        self, url: str, query: str, since: PollingMark, batch: int
    ) -> Generator[Sequence[DatabaseRow], None, None]:
        """What the query gives, as the database stood when it was asked, never whole in memory.
        Raises `Rejected` where the query or the address is wrong; to be closed."""


class Watermarks(Protocol):
    """How far each source's database was read, and by whom it is being read."""

    def lease(self, source: str, holder: str, now: datetime, until: datetime) -> Watermark | None:
        """Where to go on from; None while another holder's lease runs."""

    def note(self, source: str, holder: str, watermark: Watermark) -> None:
        """Raises `Conflict` where the lease is another's by now."""

    def release(self, source: str, holder: str) -> None:
        """Ends the holder's own lease, and nobody else's."""
