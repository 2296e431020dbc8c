"""The conservation of events and actions: all that was accepted is accounted for.

What the entrances took is counted where it was sent; how it ended is read from the hub's tables.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from tools.segue.balance import Balance
from tools.segue.render import table

ENDS = ("delivered", "declined", "dead_lettered", "unknown")
NOTHING = Balance({}, {}, {}, {}, {}, Counter())


@dataclass(frozen=True)
class Conservation:
    """`accepted` is by source of the outside world; the hub's own events are added from what it
    made: a timer's end and an action's outcome are accepted as events too."""

    accepted: Mapping[str, int]
    after: Balance
    before: Balance = NOTHING

    @property
    def events(self) -> dict[str, tuple[int, int, int]]:
        """Source -> accepted, decided, parked."""
        took = Counter(self.accepted)
        took["segue"] = self._made("timers") + sum(self._made(end) for end in ENDS[:2])
        took["segue"] += self._made("unknown")
        decided = Counter(self.after.decided)
        decided.subtract(self.before.decided)
        parked = Counter(self.after.parked)
        parked.subtract(self.before.parked)
        return {
            source: (took[source], decided[source], parked[source])
            for source in sorted({*took, *(s for s, n in decided.items() if n)})
        }

    @property
    def dead(self) -> int:
        return sum(self.after.dead.values()) - sum(self.before.dead.values())

    @property
    def holds(self) -> bool:
        """Nothing is missing and, from no source, did anything come from nowhere."""
        left = [took - decided - parked for took, decided, parked in self.events.values()]
        actions = self._made("made") - sum(self._made(end) for end in ENDS)
        dead_events = self.dead - self._made("dead_lettered")
        return min(left) >= 0 and sum(left) == dead_events and actions == 0

    def _made(self, name: str) -> int:
        return self.after.actions[name] - self.before.actions[name]

    def shown(self) -> RenderableType:
        rows = [
            (source, took, decided, parked, took - decided - parked)
            for source, (took, decided, parked) in self.events.items()
        ]
        totals = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
        names = ("events from", "accepted", "= decided", "+ parked", "+ dead-lettered")
        actions = [[self._made(name) for name in ("made", *ENDS)]]
        ends = ("actions made", *(f"{'=' if i == 0 else '+'} {e}" for i, e in enumerate(ENDS)))
        verdict = ("Everything is accounted for.", "green")
        return Group(
            table(names, [*rows, ("all", *totals)], "Conservation"),
            Text(),
            table(ends, actions),
            Text(),
            Text.assemble(verdict if self.holds else ("Something is missing.", "red")),
        )
