"""The ports to parked payloads, counts of public keys, sources' databases and watermarks."""

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Protocol

from hub.intake.domain.polling_definition import WatermarkValue
from hub.intake.domain.sql_row import DatabaseRow
from hub.intake.domain.watermark import Watermark
from hub.model.inbound_payload import InboundPayload


class ParkedPayloads(Protocol):
    """The payloads that the hub accepted but cannot read yet, each with its field and reason."""

    def park(self, payload: InboundPayload, field: str, reason: str) -> None: ...


class KeyCounts(Protocol):
    """How many events came with a public key in each minute."""

    def add(self, key: str, minute: datetime, events: int) -> int:
        """Adds the events, and returns how many there are now."""


class SourceDatabase(Protocol):
    """A source's own database."""

    def read_rows(
        self, url: str, query: str, since: WatermarkValue, batch: int
    ) -> Generator[Sequence[DatabaseRow], None, None]:
        """Yields the rows of the query in batches, all as they were at its start.

        Raises `Rejected` if the query or the address is wrong. The caller closes the generator.
        """


class Watermarks(Protocol):
    """How far each source's database has been read, and which poll reads it now."""

    def lease(self, source: str, holder: str, now: datetime, until: datetime) -> Watermark | None:
        """Takes the lease and returns the watermark; None while another holder has the lease."""

    def note(self, source: str, holder: str, watermark: Watermark) -> None:
        """Stores the watermark. Raises `Conflict` if another holder has the lease now."""

    def release(self, source: str, holder: str) -> None:
        """Ends the lease if the holder still has it."""
