"""What is going on around all customers: stock, queues, promotions, what is claimed and learned.

One immutable value, read at most every few seconds and named by its content, so that a decision can
tell which it was made in and a replay can be given the same.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Self

from hub.kernel.canonical_json import to_canonical_json
from hub.kernel.digest import digest
from hub.kernel.times import parse_time
from hub.learning.domain.beliefs import Beliefs
from hub.learning.domain.decaying_counters import CounterKey, CounterSnapshot
from hub.learning.domain.propensity import Learner

EPOCH = "1970-01-01T00:00:00.000Z"
Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Surroundings:
    """`stock` is product -> {available}, `queues` is call queue -> {free, waiting}, `promotions` is
    promotion -> {active}: each as its own events last said, with `as_of` in milliseconds. `claimed`
    is what of each capacity is taken, by its name. `learned` is offer -> cell -> sums (see
    `hub.learning.domain.decaying_counters.Key`), and `as_of` the hour, as `counters.hour` tells it,
    down to which they are faded: it is empty when nothing was learned."""

    stock: Facts = field(default_factory=dict)
    queues: Facts = field(default_factory=dict)
    promotions: Facts = field(default_factory=dict)
    claimed: Mapping[str, int] = field(default_factory=dict)
    learned: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    as_of: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)

    def to_dict(self) -> dict[str, Any]:
        return {name: facts for name, facts in asdict(self).items() if facts}

    @cached_property
    def name(self) -> str:
        """`s-...`, or nothing where there is nothing."""
        facts = self.to_dict()
        return f"s-{digest(to_canonical_json(facts), 12)}" if facts else ""

    @cached_property
    def counters(self) -> Mapping[CounterKey, Mapping[str, int]]:
        """What is learned, by key of its table."""
        return {
            CounterKey(offer, cell): sums
            for offer, cells in self.learned.items()
            for cell, sums in cells.items()
        }

    def compute_beliefs(self, learner: Learner) -> Beliefs:
        """What that learner makes of it: reckoned once for as long as these surroundings hold."""
        held = self._cached_beliefs[0] if self._cached_beliefs else None
        if held is None or (held.learner is not learner and held.learner != learner):
            counts = CounterSnapshot(self.counters, learner.decay, parse_time(self.as_of or EPOCH))
            self._cached_beliefs[:] = [held := Beliefs(learner, counts)]
        return held

    @cached_property
    def _cached_beliefs(self) -> list[Beliefs]:
        """The last that were reckoned: kept beside the value, no part of it."""
        return []


NO_SURROUNDINGS = Surroundings()
