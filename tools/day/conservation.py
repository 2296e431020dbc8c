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

ENDS = ("delivered", "declined", "refused", "dead_lettered", "unknown", "postponed")
WAYS = ("decided", "surroundings", "parked", "dead_events", "waiting")
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
        """Return source -> accepted, decided, surroundings, parked, dead-lettered, waiting."""
        took = Counter(self.accepted)
        took.update(self._count_since("created"))
        ends = [self._count_since(name) for name in WAYS]
        sources = {source for end in ends for source, count in end.items() if count}
        return {
            source: (took[source], *(end[source] for end in ends))
            for source in sorted({*(source for source, n in took.items() if n), *sources})
        }

    @property
    def holds(self) -> bool:
        """Return whether every event and every action has one end.

        Letters that a queue did not show may hold what has no other end.
        """
        left = [took - sum(ends) for took, *ends in self.events.values()]
        unread = self.after.unread - self.before.unread
        actions = self._count_actions_since("made") - sum(
            self._count_actions_since(end) for end in ENDS
        )
        return min(left, default=0) >= 0 and sum(left) <= max(0, unread) and actions == 0

    def _count_since(self, name: str) -> Counter[str]:
        """Return how many ended so since `before`, by source."""
        more = Counter(getattr(self.after, name))
        more.subtract(getattr(self.before, name))
        return more

    def _count_actions_since(self, name: str) -> int:
        return self.after.actions.get(name, 0) - self.before.actions.get(name, 0)

    def render(self) -> RenderableType:
        rows = [
            (source, took, *ends, took - sum(ends)) for source, (took, *ends) in self.events.items()
        ]
        totals = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
        ways = ("= decided", "+ surroundings", "+ parked", "+ dead-lettered", "+ waiting")
        names = ("events from", "accepted", *ways, "missing")
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
