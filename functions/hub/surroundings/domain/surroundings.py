"""What is true around all customers: stock, queues, promotions, used capacity, learned counters.

It is one immutable value, read at most every few seconds. Its name is a digest of its content, so
that a decision can name it and a replay can use the same one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, tzinfo
from functools import cached_property
from typing import Self

from hub.kernel.canonical_json import to_canonical_json
from hub.kernel.digest import digest
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time
from hub.learning.domain.beliefs import Beliefs
from hub.learning.domain.decaying_counters import CounterKey, CounterSnapshot
from hub.learning.domain.propensity import Learner
from hub.model.time_zones import find_time_zone

EPOCH = "1970-01-01T00:00:00.000Z"
Facts = Mapping[str, JsonObject]


@dataclass(frozen=True)
class Surroundings:
    """The surroundings of a decision.

    `stock` is product -> {available}, `queues` is call queue -> {free, waiting}, `promotions` is
    promotion -> {active}: each as its latest event said, with `as_of` in milliseconds. `claimed` is
    the used amount of each capacity by name. `learned` is offer -> cell -> sums (see
    `hub.learning.domain.decaying_counters.CounterKey`). `as_of` is the hour to which these sums
    have decayed (see `to_start_of_hour`); it is empty if nothing was learned.
    `time_zone` is the hub owner's, for customers of whom no zone is known; empty is UTC.
    """

    stock: Facts = field(default_factory=dict)
    queues: Facts = field(default_factory=dict)
    promotions: Facts = field(default_factory=dict)
    claimed: Mapping[str, int] = field(default_factory=dict)
    learned: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    as_of: str = ""
    time_zone: str = ""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        return cls(**data)

    def to_dict(self) -> dict[str, Json]:
        return {name: facts for name, facts in asdict(self).items() if facts}

    @cached_property
    def owner_zone(self) -> tzinfo:
        return (find_time_zone(self.time_zone) if self.time_zone else None) or UTC

    @cached_property
    def name(self) -> str:
        """`s-...`, or an empty text if there are no surroundings."""
        facts = self.to_dict()
        return f"s-{digest(to_canonical_json(facts), 12)}" if facts else ""

    @cached_property
    def counters(self) -> Mapping[CounterKey, Mapping[str, int]]:
        """The learned counters by the key of their table."""
        return {
            CounterKey(offer, cell): sums
            for offer, cells in self.learned.items()
            for cell, sums in cells.items()
        }

    def compute_beliefs(self, learner: Learner) -> Beliefs:
        """Computes the learner's beliefs, once for the lifetime of these surroundings."""
        cached = self._cached_beliefs[0] if self._cached_beliefs else None
        if cached is None or (cached.learner is not learner and cached.learner != learner):
            counts = CounterSnapshot(self.counters, learner.decay, parse_time(self.as_of or EPOCH))
            self._cached_beliefs[:] = [cached := Beliefs(learner, counts)]
        return cached

    @cached_property
    def _cached_beliefs(self) -> list[Beliefs]:
        """The latest beliefs, in a list because they are not part of the immutable value."""
        return []


NO_SURROUNDINGS = Surroundings()
