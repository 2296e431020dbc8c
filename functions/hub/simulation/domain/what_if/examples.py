"""Examples: customers whose messages change, one of every kind of change before two of any."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from hub.kernel.times import to_iso
from hub.simulation.domain.what_if.turn_summary import count_sent_in_turn, explain_turn
from hub.simulation.domain.what_if.virtual_time import Turn

MAX_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Example:
    """The first event of a customer on which the two part, in the receipts' own sentences."""

    customer_id: str
    name: str
    event: str
    at: str
    before: str
    after: str


@dataclass(slots=True)
class Examples:
    _kinds: dict[Hashable, list[Example]] = field(default_factory=dict)

    def add_customer(self, name: str, live: Sequence[Turn], draft: Sequence[Turn]) -> None:
        before, after = ({turn.event.id: turn for turn in turns} for turns in (live, draft))
        for event_id, either in (before | after).items():
            pair = before.get(event_id), after.get(event_id)
            kind = tuple(frozenset(count_sent_in_turn(turn).items()) for turn in pair)
            if kind[0] != kind[1]:
                self._keep(kind, _build_example(name, either, *pair))
                return

    def choose(self) -> list[Example]:
        rounds = zip_longest(*self._kinds.values())
        return [example for one in rounds for example in one if example][:MAX_EXAMPLES]

    def _keep(self, kind: Hashable, example: Example) -> None:
        kept = self._kinds.setdefault(kind, [])
        if len(kept) < MAX_EXAMPLES:
            kept.append(example)


def _build_example(name: str, turn: Turn, before: Turn | None, after: Turn | None) -> Example:
    return Example(
        customer_id=turn.event.customer_id,
        name=name,
        event=turn.event.type,
        at=to_iso(turn.at),
        before=explain_turn(before),
        after=explain_turn(after),
    )
