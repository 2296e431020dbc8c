"""The conservation of events and actions: every accepted one has an end.

The sender counts what the entrances accepted. How it ended is read from the hub's tables.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from tools.segue.balance import Balance
from tools.segue.render import build_table

ENDS = ("delivered", "declined", "refused", "dead_lettered", "unknown")
RETURNING_EVENTS = ("delivered", "declined", "refused", "unknown", "timers", "emitted")
"""What the hub creates and then receives as an event."""
EMPTY_BALANCE = Balance({}, {}, {}, {}, {}, {}, Counter())


@dataclass(frozen=True)
class Conservation:
    """Compares what was accepted with how it ended.

    `accepted` counts the events of outside sources. The hub's own events are added: the ends of
    timers, the outcomes of actions, and emitted events.
    """

    accepted: Mapping[str, int]
    after: Balance
    before: Balance = EMPTY_BALANCE

    @property
    def events(self) -> dict[str, tuple[int, ...]]:
        """Return source -> accepted, decided, surroundings, parked."""
        took = Counter(self.accepted)
        took["segue"] = sum(map(self._count_actions_since, RETURNING_EVENTS))
        ends = [self._count_since(name) for name in ("decided", "surroundings", "parked")]
        sources = {source for end in ends[:2] for source, count in end.items() if count}
        return {
            source: (took[source], *(end[source] for end in ends))
            for source in sorted({*took, *sources})
        }

    @property
    def dead(self) -> int:
        return sum(self.after.dead.values()) - sum(self.before.dead.values())

    @property
    def holds(self) -> bool:
        """Return whether nothing is missing and no source has more ends than events."""
        left = [took - sum(ends) for took, *ends in self.events.values()]
        actions = self._count_actions_since("made") - sum(
            self._count_actions_since(end) for end in ENDS
        )
        dead_events = self.dead - self._count_actions_since("dead_lettered")
        return min(left) >= 0 and sum(left) == dead_events and actions == 0

    def _count_since(self, name: str) -> Counter[str]:
        """Return how many ended so since `before`, by source."""
        more = Counter(getattr(self.after, name))
        more.subtract(getattr(self.before, name))
        return more

    def _count_actions_since(self, name: str) -> int:
        return self.after.actions[name] - self.before.actions[name]

    def render(self) -> RenderableType:
        rows = [
            (source, took, *ends, took - sum(ends)) for source, (took, *ends) in self.events.items()
        ]
        totals = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
        ways = ("= decided", "+ surroundings", "+ parked", "+ dead-lettered")
        names = ("events from", "accepted", *ways)
        actions = [[self._count_actions_since(name) for name in ("made", *ENDS)]]
        ends = ("actions made", *(f"{'=' if i == 0 else '+'} {e}" for i, e in enumerate(ENDS)))
        verdict = ("Everything is accounted for.", "green")
        return Group(
            build_table(names, [*rows, ("all", *totals)], "Conservation"),
            Text(),
            build_table(ends, actions),
            Text(),
            Text.assemble(verdict if self.holds else ("Something is missing.", "red")),
        )
