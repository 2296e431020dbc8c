"""The conservation of events and actions: all that was accepted is accounted for.

What the entrances took is counted where it was sent; how it ended is read from the hub's tables.
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
"""What the hub made that reaches it again as an event."""
EMPTY_BALANCE = Balance({}, {}, {}, {}, {}, {}, Counter())


@dataclass(frozen=True)
class Conservation:
    """`accepted` is by source of the outside world; the hub's own events are added from what it
    made: a timer's end, an action's outcome and what was emitted are accepted as events too."""

    accepted: Mapping[str, int]
    after: Balance
    before: Balance = EMPTY_BALANCE

    @property
    def events(self) -> dict[str, tuple[int, ...]]:
        """Source -> accepted, decided, surroundings, parked."""
        took = Counter(self.accepted)
        took["segue"] = sum(map(self._count_actions_since, RETURNING_EVENTS))
        ends = [self._count_since(name) for name in ("decided", "surroundings", "parked")]
        known = {source for end in ends[:2] for source, count in end.items() if count}
        return {
            source: (took[source], *(end[source] for end in ends))
            for source in sorted({*took, *known})
        }

    @property
    def dead(self) -> int:
        return sum(self.after.dead.values()) - sum(self.before.dead.values())

    @property
    def holds(self) -> bool:
        """Nothing is missing and, from no source, did anything come from nowhere."""
        left = [took - sum(ends) for took, *ends in self.events.values()]
        actions = self._count_actions_since("made") - sum(
            self._count_actions_since(end) for end in ENDS
        )
        dead_events = self.dead - self._count_actions_since("dead_lettered")
        return min(left) >= 0 and sum(left) == dead_events and actions == 0

    def _count_since(self, name: str) -> Counter[str]:
        """Those that ended so since `before`, by source."""
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
