"""The counts of one of the two catalogues: what it does about the events."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.kernel.times import to_iso
from hub.model.action_content import Call, Withdrawal
from hub.model.decision import Decision
from hub.simulation.domain.what_if.turn_summary import (
    Dimension,
    list_dimensions,
    list_gates,
    list_made_choices,
)
from hub.simulation.domain.what_if.virtual_time import Turn

_HOUR = len("2026-11-22T09")


@dataclass(slots=True)
class Variant:
    """The counts. `messages` is dimension -> number. `held_back` is a gate's reason -> customers;
    `customers_held_back` counts each customer once. `calls` is (queue, hour) -> number. `cost` and
    `value` are expected, in minor units. `undecided` is a number of events."""

    messages: Counter[Dimension] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    customers_held_back: int = 0
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    cost: float = 0.0
    value: float = 0.0
    undecided: int = 0

    def add_turns(self, turns: Sequence[Turn]) -> None:
        """Adds the turns of one customer."""
        decided = [(turn.at, turn.decision) for turn in turns if turn.decision]
        self.undecided += len(turns) - len(decided)
        reasons = {reason for _, decision in decided for reason in list_gates(decision)}
        self.held_back.update(reasons)
        self.customers_held_back += bool(reasons)
        for at, decision in decided:
            self._add_decision(at, decision)

    def _add_decision(self, at: datetime, decision: Decision) -> None:
        for action in decision.actions:
            self.messages.update(list_dimensions(action))
            if isinstance(action.what, Call | Withdrawal):
                self.calls[action.what.queue, to_iso(at)[:_HOUR]] += 1
        for choice in list_made_choices(decision):
            self.cost += choice.get("cost", 0)
            self.value += choice.get("propensity", 0) * choice.get("value", 0)

    def count_calls_per_queue(self) -> dict[str, dict[str, int]]:
        """Counts the calls of each queue, in all and in its busiest hour."""
        queues: dict[str, dict[str, int]] = {}
        for (queue, _), calls in self.calls.items():
            counts = queues.setdefault(queue, {"calls": 0, "most_an_hour": 0})
            counts["calls"] += calls
            counts["most_an_hour"] = max(counts["most_an_hour"], calls)
        return queues
