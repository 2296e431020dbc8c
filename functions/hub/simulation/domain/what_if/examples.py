"""Examples of a what-if: customers whose messages change, one of each kind of change first."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from hub.kernel.times import to_iso
from hub.simulation.domain.what_if.turn_summary import count_sent_in_turn, explain_turn
from hub.simulation.domain.what_if.virtual_time import Turn

MAX_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Example:
    """A customer's first event with different messages, and the two receipts' sentences."""

    customer_id: str
    name: str
    event: str
    at: str
    before: str
    after: str


@dataclass(slots=True)
class Examples:
    """The examples of each kind of change."""

    _kinds: dict[Hashable, list[Example]] = field(default_factory=dict)

    def add_customer(self, name: str, live: Sequence[Turn], draft: Sequence[Turn]) -> None:
        """Adds the customer's first event whose messages differ."""
        before, after = ({turn.event.id: turn for turn in turns} for turns in (live, draft))
        for event_id, turn in (before | after).items():
            pair = before.get(event_id), after.get(event_id)
            kind = tuple(frozenset(count_sent_in_turn(side).items()) for side in pair)
            if kind[0] != kind[1]:
                self._add(kind, _build_example(name, turn, *pair))
                return

    def choose(self) -> list[Example]:
        """Chooses up to `MAX_EXAMPLES`, one of every kind before two of any."""
        rounds = zip_longest(*self._kinds.values())
        return [example for examples in rounds for example in examples if example][:MAX_EXAMPLES]

    def _add(self, kind: Hashable, example: Example) -> None:
        examples = self._kinds.setdefault(kind, [])
        if len(examples) < MAX_EXAMPLES:
            examples.append(example)


def _build_example(name: str, turn: Turn, before: Turn | None, after: Turn | None) -> Example:
    return Example(
        customer_id=turn.event.customer_id,
        name=name,
        event=turn.event.type,
        at=to_iso(turn.at),
        before=explain_turn(before),
        after=explain_turn(after),
    )
