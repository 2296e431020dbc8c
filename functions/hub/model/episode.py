"""The episode: one write of a customer, with the events and the decisions on them.

It lies beside the customer's new state as the outbox. With the state before, it is all that a
replay needs to make the same decisions again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from hub.kernel.contact_details.address_refusals import NO_REFUSALS, AddressRefusals
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso
from hub.model.customer import Customer
from hub.model.decision import Decision
from hub.model.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """`version` is that of the customer before the write. `surroundings` is their name. All random
    draws come from `seed`. Repeated events are left out. `refusals` is what the customer's
    addresses refused then; episodes from before version 0.3 have none."""

    customer_id: str
    version: int
    decided_at: datetime
    catalogue: int
    surroundings: str
    seed: str
    events: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    refusals: AddressRefusals = NO_REFUSALS

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        parsed = {
            "decided_at": parse_time(data["decided_at"]),
            "events": tuple(map(Event.from_dict, data["events"])),
            "decisions": tuple(map(Decision.from_dict, data["decisions"])),
            "refusals": AddressRefusals(data.get("refusals", {})),
        }
        return cls(**{**data, **parsed})

    def to_dict(self) -> dict[str, Json]:
        refusals = {"refusals": self.refusals.by_key} if self.refusals else {}
        return {
            "customer_id": self.customer_id,
            "version": self.version,
            "decided_at": to_iso(self.decided_at),
            "catalogue": self.catalogue,
            "surroundings": self.surroundings,
            "seed": self.seed,
            "events": [event.to_dict() for event in self.events],
            "decisions": [decision.to_dict() for decision in self.decisions],
            **refusals,
        }


@dataclass(frozen=True, slots=True)
class RecordedEpisode:
    """An episode and the customer before it."""

    before: Customer
    episode: Episode

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Reads the JSON form. Raises `Rejected`, `KeyError`, `TypeError` or `ValueError` if it is
        malformed."""
        episode = Episode.from_dict(data["episode"])
        before = data.get("before") or {"customer_id": episode.customer_id}
        return cls(Customer.from_dict(before).with_changes(refusals=episode.refusals), episode)

    def to_dict(self) -> dict[str, Json]:
        """The JSON form. `before` is None for a new customer."""
        before = self.before.to_dict() if self.before.version else None
        return {"before": before, "episode": self.episode.to_dict()}


def drop_repeats(records: Iterable[RecordedEpisode]) -> Iterator[RecordedEpisode]:
    """Yields each episode once, though the archive may have it twice.

    It remembers a hash of 8 bytes for each episode.
    """
    seen: set[int] = set()
    for record in records:
        episode = record.episode
        episode_hash = hash((episode.customer_id, episode.version))
        if episode_hash not in seen:
            seen.add(episode_hash)
            yield record
