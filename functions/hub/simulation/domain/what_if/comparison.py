"""Comparing: what two catalogues made of the same events, customer by customer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hub.simulation.domain.what_if.examples import Examples
from hub.simulation.domain.what_if.turn_summary import DIMENSIONS, Dimension, by_dimension, sent
from hub.simulation.domain.what_if.variant import Side
from hub.simulation.domain.what_if.virtual_time import HUB, Turn


@dataclass(slots=True)
class Comparison:
    """`gained` and `lost` are messages by dimension: those that only the draft sends, and those
    that only the catalogue of today does."""

    live: Side = field(default_factory=Side)
    draft: Side = field(default_factory=Side)
    gained: Counter[Dimension] = field(default_factory=Counter)
    lost: Counter[Dimension] = field(default_factory=Counter)
    customers: int = 0
    touched: int = 0
    events: int = 0
    examples: Examples = field(default_factory=Examples)

    def take(self, name: str, live: Sequence[Turn], draft: Sequence[Turn]) -> None:
        """One customer's turns, whom people know by `name`."""
        self.customers += 1
        self.events += sum(turn.event.source != HUB for turn in live)
        self.live.take(live)
        self.draft.take(draft)
        before, after = sent(live), sent(draft)
        gained, lost = after - before, before - after
        self.gained += by_dimension(gained)
        self.lost += by_dimension(lost)
        if gained or lost:
            self.touched += 1
            self.examples.take(name, live, draft)

    def to_dict(self) -> dict[str, Any]:
        return {
            "customers": self.customers,
            "customers_touched": self.touched,
            "events": self.events,
            "undecided": _both(self.live.undecided, self.draft.undecided),
            "messages": self._messages(),
            "customers_held_back": _both(self.live.capped, self.draft.capped),
            "held_back": _each(self.live.held_back, self.draft.held_back),
            "calls": {"live": self.live.per_queue(), "draft": self.draft.per_queue()},
            "expected_cost": _both(round(self.live.cost), round(self.draft.cost)),
            "expected_value": _both(round(self.live.value), round(self.draft.value)),
            "examples": [asdict(example) for example in self.examples.chosen()],
        }

    def _messages(self) -> dict[str, dict[str, dict[str, int]]]:
        told: dict[str, dict[str, dict[str, int]]] = {name: {} for name in DIMENSIONS}
        for key in sorted(self.live.messages.keys() | self.draft.messages.keys()):
            dimension, value = key
            counts = _both(self.live.messages[key], self.draft.messages[key])
            told[dimension][value] = counts | {"gained": self.gained[key], "lost": self.lost[key]}
        return told


def _both(live: int, draft: int) -> dict[str, int]:
    return {"live": live, "draft": draft}


def _each(live: Counter[str], draft: Counter[str]) -> dict[str, dict[str, int]]:
    """The most common first."""
    return {name: _both(live[name], draft[name]) for name, _ in (live + draft).most_common()}
