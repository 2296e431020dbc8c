"""Ports: decisions and the archive of episodes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from hub.model.decision import Decision
from hub.model.decision_outcome import DecisionOutcome
from hub.model.episode import RecordedEpisode


class Decisions(Protocol):
    """Every decision with its receipt, for as long as it is kept."""

    def save(self, decisions: Sequence[Decision]) -> None: ...

    def record_outcomes(self, outcomes: Sequence[DecisionOutcome]) -> None:
        """Notes what became of decisions; of the same word told often, the earliest time stays."""

    def flag(self, customer_id: str, since: datetime, until: datetime, why: str) -> int:
        """Marks those of that time as taken on a wrong footing, and says how many they are."""


class Archive(Protocol):
    """What was decided and on what, for as long as it may have to be decided again."""

    def store(self, records: Sequence[RecordedEpisode]) -> None:
        """The same records again take the place of the first."""

    def read_records(self, day: date) -> Iterator[RecordedEpisode]:
        """Those decided on that day in UTC, in no order; one may come more than once."""

    def store_surroundings(self, name: str, facts: Mapping[str, Any]) -> None: ...

    def read_surroundings(self, name: str) -> dict[str, Any]:
        """Empty for the name of nothing. Raises `Rejected` for one that was never kept."""


class RecordedEvents(Protocol):
    """A few of what was decided lately, to hold rules against before they decide."""

    def read_recent(self, event_type: str) -> Sequence[RecordedEpisode]:
        """Episodes of the last days with an event of that type: hundreds at most, none perhaps."""
