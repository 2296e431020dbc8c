"""One write of a customer: the events that were taken in, what was decided, and on what.

It lies beside the customer's new state as the outbox, and with the state before it is all that a
replay needs to decide the same again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """`version` is that of the customer before. `surroundings` names them; `seed` is what all that
    is drawn comes from. Events that were repeats are left out."""

    customer_id: str
    version: int
    decided_at: datetime
    catalogue: int
    surroundings: str
    seed: str
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        read = {
            "decided_at": parse_time(data["decided_at"]),
            "events": tuple(map(Event.from_dict, data["events"])),
            "decisions": tuple(map(Decision.from_dict, data["decisions"])),
        }
        return cls(**{**data, **read})

    def to_dict(self) -> dict[str, Json]:
        return {
            "customer_id": self.customer_id,
            "version": self.version,
            "decided_at": to_iso(self.decided_at),
            "catalogue": self.catalogue,
            "surroundings": self.surroundings,
            "seed": self.seed,
            "events": [event.to_dict() for event in self.events],
            "decisions": [decision.to_dict() for decision in self.decisions],
        }


@dataclass(frozen=True, slots=True)
class RecordedEpisode:
    """An episode with the customer as they were before it, which is all that deciding it again
    needs."""

    before: Customer
    episode: Episode

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Raises `Rejected`, `KeyError`, `TypeError` or `ValueError` for what is none."""
        episode = Episode.from_dict(data["episode"])
        before = data.get("before") or {"customer_id": episode.customer_id}
        return cls(Customer.from_dict(before), episode)

    def to_dict(self) -> dict[str, Json]:
        """`before` is None for a customer who was not known."""
        before = self.before.to_dict() if self.before.version else None
        return {"before": before, "episode": self.episode.to_dict()}


def drop_repeats(records: Iterable[RecordedEpisode]) -> Iterator[RecordedEpisode]:
    """Each episode once, though the archive may hold it twice: by a number of 8 bytes each."""
    seen: set[int] = set()
    for record in records:
        episode = record.episode
        name = hash((episode.customer_id, episode.version))
        if name not in seen:
            seen.add(name)
            yield record
