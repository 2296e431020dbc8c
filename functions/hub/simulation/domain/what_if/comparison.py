"""Compares the decisions of two catalogues on the same events, customer by customer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from hub.kernel.json_types import Json
from hub.model.event import HUB_SOURCE
from hub.simulation.domain.what_if.examples import Examples
from hub.simulation.domain.what_if.turn_summary import (
    MESSAGE_DIMENSIONS,
    Dimension,
    count_sent,
    sum_by_dimension,
)
from hub.simulation.domain.what_if.variant import Variant
from hub.simulation.domain.what_if.virtual_time import Turn


@dataclass(slots=True)
class Comparison:
    """The comparison. `gained` are the messages, by dimension, that only the draft sends; `lost`
    are those that only the live catalogue sends. `touched` customers have other messages."""

    live: Variant = field(default_factory=Variant)
    draft: Variant = field(default_factory=Variant)
    gained: Counter[Dimension] = field(default_factory=Counter)
    lost: Counter[Dimension] = field(default_factory=Counter)
    customers: int = 0
    touched: int = 0
    events: int = 0
    examples: Examples = field(default_factory=Examples)

    def add_customer(self, name: str, live: Sequence[Turn], draft: Sequence[Turn]) -> None:
        """Adds the turns of one customer; `name` is how people know the customer."""
        self.customers += 1
        self.events += sum(turn.event.source != HUB_SOURCE for turn in live)
        self.live.add_turns(live)
        self.draft.add_turns(draft)
        before, after = count_sent(live), count_sent(draft)
        gained, lost = after - before, before - after
        self.gained += sum_by_dimension(gained)
        self.lost += sum_by_dimension(lost)
        if gained or lost:
            self.touched += 1
            self.examples.add_customer(name, live, draft)

    def to_dict(self) -> dict[str, Json]:
        """The comparison as JSON."""
        return {
            "customers": self.customers,
            "customers_touched": self.touched,
            "events": self.events,
            "undecided": _to_pair(self.live.undecided, self.draft.undecided),
            "messages": self._count_messages(),
            "customers_held_back": _to_pair(
                self.live.customers_held_back, self.draft.customers_held_back
            ),
            "held_back": _to_pairs(self.live.held_back, self.draft.held_back),
            "calls": {
                "live": self.live.count_calls_per_queue(),
                "draft": self.draft.count_calls_per_queue(),
            },
            "expected_cost": _to_pair(round(self.live.cost), round(self.draft.cost)),
            "expected_value": _to_pair(round(self.live.value), round(self.draft.value)),
            "examples": [asdict(example) for example in self.examples.choose()],
        }

    def _count_messages(self) -> dict[str, dict[str, dict[str, int]]]:
        messages: dict[str, dict[str, dict[str, int]]] = {name: {} for name in MESSAGE_DIMENSIONS}
        for key in sorted(self.live.messages.keys() | self.draft.messages.keys()):
            dimension, value = key
            counts = _to_pair(self.live.messages[key], self.draft.messages[key])
            counts |= {"gained": self.gained[key], "lost": self.lost[key]}
            messages[dimension][value] = counts
        return messages


def _to_pair(live: int, draft: int) -> dict[str, int]:
    return {"live": live, "draft": draft}


def _to_pairs(live: Counter[str], draft: Counter[str]) -> dict[str, dict[str, int]]:
    """Pairs the counts by name, the most common first."""
    return {name: _to_pair(live[name], draft[name]) for name, _ in (live + draft).most_common()}
