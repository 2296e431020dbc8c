"""Ports: decisions and the archive of episodes."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from hub.kernel.json_types import Json, JsonObject
from hub.model.decision import Decision
from hub.model.decision_outcome import DecisionOutcome
from hub.model.episode import RecordedEpisode
from hub.model.event import Event


class Decisions(Protocol):
    """Every decision with its receipt, for as long as it is kept."""

    def save(self, decisions: Sequence[Decision]) -> None:
        """Stores decisions. Saving one again changes nothing."""

    def record_outcomes(self, outcomes: Sequence[DecisionOutcome]) -> None:
        """Stores the outcomes of decisions. If one is repeated, the earliest time stays."""

    def flag(self, customer_id: str, since: datetime, until: datetime, reason: str) -> int:
        """Marks the decisions of that time as made on wrong data. Returns their number."""


class ParkedEvents(Protocol):
    """Events that their customer has no room for, each with its field and reason."""

    def park(self, event: Event, field: str, reason: str) -> None:
        """Keeps the event. Parking it again replaces the first."""


class Archive(Protocol):
    """The archive of episodes and of the surroundings that they name, for replay and reports."""

    def store(self, records: Sequence[RecordedEpisode]) -> None:
        """Stores records. The same records again replace the first."""

    def read_records(self, day: date) -> Iterator[RecordedEpisode]:
        """Yields the records decided on that day in UTC, in no order; one may come twice."""

    def store_surroundings(self, name: str, facts: JsonObject) -> None:
        """Stores surroundings under their name."""

    def read_surroundings(self, name: str) -> dict[str, Json]:
        """Reads surroundings; an empty name has none. Raises `Rejected` for an unknown name."""


class RecordedEvents(Protocol):
    """A sample of recent episodes, on which the publisher tries rules."""

    def read_recent(self, event_type: str) -> Sequence[RecordedEpisode]:
        """Reads episodes of the last days with an event of that type, a few hundred at most."""
