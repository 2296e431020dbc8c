"""Each event counts once, however late it comes again and whatever happens in between.

Two customers, whose memory is full from the start, get events in batches. Meanwhile writes fail or
lose a race, marks cannot be stored, time passes, and the two are merged and unmerged.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.identity.domain.merge_record import MERGED, UNMERGED, build_merge_command
from hub.kernel.digest import digest
from hub.kernel.errors import HubError, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.model.event import Event
from hub.profile.domain.event_memory import MARKS_KEPT, MAX_PROCESSED_EVENTS
from tests import fakes
from tests.factories import an_event
from tests.in_memory import InMemoryHub

KEYS = ({"email": "ann@example.com"}, {"loyalty": "L1"})
TYPES = ("complaint.filed", "page.viewed")
_positions = st.lists(st.integers(0, 10_000), max_size=12)
_side = st.integers(0, 1)


class UnreliableCustomers(fakes.Customers):
    """Fails the next write if told to; `rival` is done between its read and its write."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = False
        self.rival: list[QueueMessage] = []
        self.hub: InMemoryHub | None = None

    def write(self, customer: Customer, episode: Episode) -> None:
        if self.fails:
            self.fails = False
            raise Unavailable("the write was lost")
        rival, self.rival = self.rival, []
        if rival and self.hub:
            assert self.hub.decide(rival) == {}
        super().write(customer, episode)


class UnreliableMarks(fakes.EventMarks):
    """Fails to store marks while told to."""

    fails = False

    def store(self, marks: Collection[str]) -> None:
        if self.fails and marks:
            raise Unavailable("the marks were not stored")
        super().store(marks)


class LateRepeats(RuleBasedStateMachine):
    """`history` is the events that were sent, by the customer whose key they have; `shared` is how
    many of each were sent before the last unmerging. Those may come to either customer."""

    def __init__(self) -> None:
        super().__init__()
        self.customers = UnreliableCustomers()
        self.marks = UnreliableMarks()
        self.hub = self.customers.hub = InMemoryHub(
            {"number": 1, "rows": {}, "running": {}}, customers=self.customers, marks=self.marks
        )
        self.marks.now = self.hub.clock
        self.start = self.hub.clock()
        self.ids: list[str] = []
        self.history: tuple[list[Event], list[Event]] = ([], [])
        self.applied: Counter[str] = Counter()
        self.since_merge: list[Event] = []
        self.is_merged = False
        self.commands = self.numbers = 0

    @initialize()
    def fill_both(self) -> None:
        for side, keys in enumerate(KEYS):
            first = an_event("item.purchased", f"first-{side}", identities=keys)
            (owned,) = self.hub.normalize.resolver.resolve([replace(first, customer_id="")])
            assert isinstance(owned, Event)
            self.ids.append(owned.customer_id)
            for _ in range(MAX_PROCESSED_EVENTS - 3):
                self.history[side].append(self.make_event(side, 0))
            assert self.decide(self.history[side]) == {}

    def make_event(self, side: int, kind: int) -> Event:
        self.numbers += 1
        return an_event(
            TYPES[kind],
            f"e-{self.numbers}",
            customer_id=self.find_owner(side),
            identities=KEYS[side],
            occurred_at=self.hub.clock(),
        )

    def decide(self, events: list[Event]) -> dict[str, HubError]:
        """Decides on one batch, and on what it forwards."""
        sent = len(self.hub.queue.events)
        failures = dict(self.hub.decide(to_messages(events)))
        for event in self.hub.queue.events[sent:]:
            failures |= self.hub.decide(to_messages([event]))
        return failures

    def choose(self, side: int, positions: list[int]) -> list[Event]:
        """Events of `side` at these positions, as they come again."""
        known = self.history[side]
        owner = self.find_owner(side)
        return [replace(known[p % len(known)], customer_id=owner) for p in positions]

    def find_owner(self, side: int) -> str:
        """The customer to whom the key of `side` leads."""
        return self.ids[0 if self.is_merged else side]

    @rule(side=_side, kinds=st.lists(st.integers(0, 1), max_size=10), again=_positions)
    def send_batch(self, side: int, kinds: list[int], again: list[int]) -> None:
        new = [self.make_event(side, kind) for kind in kinds]
        batch = [*self.choose(side, again[::2]), *new, *self.choose(side, again[1::2]), *new[:2]]
        self.history[side].extend(new)
        assert self.decide(batch) == {}

    @rule(side=_side, again=_positions)
    def repeat(self, side: int, again: list[int]) -> None:
        assert self.decide(self.choose(side, again)) == {}

    @rule(side=_side, is_lost=st.booleans())
    def send_more_than_a_memory_at_once(self, side: int, is_lost: bool) -> None:
        new = [self.make_event(side, number % 2) for number in range(2 * MAX_PROCESSED_EVENTS + 30)]
        self.customers.fails = is_lost
        assert bool(self.decide(new)) == is_lost
        self.history[side].extend(new)
        assert self.decide([*new, *new[:3]]) == {}

    @rule(side=_side, again=_positions)
    def lose_a_write(self, side: int, again: list[int]) -> None:
        new = [self.make_event(side, 0) for _ in range(3)]
        batch = [*new, *self.choose(side, again)]
        self.customers.fails = True
        failures = self.decide(batch)
        assert {type(error) for error in failures.values()} == {Unavailable}
        self.customers.fails = False
        self.history[side].extend(new)
        assert self.decide(batch) == {}

    @rule(side=_side)
    def lose_the_marks(self, side: int) -> None:
        new = [self.make_event(side, 0) for _ in range(8)]
        self.marks.fails = True
        failures = self.decide(new)
        self.marks.fails = False
        assert {type(error) for error in failures.values()} == {Unavailable}
        self.history[side].extend(new)
        assert self.decide(new) == {}
        assert self.decide(self.choose(side, list(range(20)))) == {}

    @rule(side=_side, again=_positions)
    def lose_a_race(self, side: int, again: list[int]) -> None:
        """Another worker decides on some of the same events first."""
        new = [self.make_event(side, 0) for _ in range(6)]
        self.customers.rival = to_messages([*new[2:], *self.choose(side, again)])
        batch = [*new, *self.choose(side, [0, 1, 2, *again])]
        self.history[side].extend(new)
        assert self.decide(batch) == {}
        self.customers.rival = []
        assert self.decide(batch) == {}

    @precondition(lambda self: not self.is_merged)
    @rule()
    def merge(self) -> None:
        self.run_command(MERGED)
        self.is_merged = True
        self.sent_before = [len(events) for events in self.history]

    @precondition(lambda self: self.is_merged)
    @rule(again=_positions)
    def forward_what_was_sent_before_the_merge(self, again: list[int]) -> None:
        new = [replace(self.make_event(1, 0), customer_id=self.ids[1]) for _ in range(3)]
        known = [replace(event, customer_id=self.ids[1]) for event in self.choose(1, again)]
        self.history[1].extend(new)
        assert self.decide([*new, *known]) == {}

    @precondition(lambda self: self.is_merged)
    @rule(lost=st.integers(0, 5))
    def unmerge(self, lost: int) -> None:
        """Some of the events since the merge are not in the archive yet."""
        since = [
            event
            for events, first in zip(self.history, self.sent_before, strict=True)
            for event in events[first:]
        ]
        self.run_command(UNMERGED, since[: len(since) - lost])
        self.is_merged = False
        for events, others in (self.history, reversed(self.history)):
            assert self.decide([replace(e, customer_id=self.ids[0]) for e in events[-40:]]) == {}
            assert self.decide([replace(e, customer_id=self.ids[1]) for e in others[:40]]) == {}

    def run_command(self, kind: str, later: list[Event] | None = None) -> None:
        self.commands += 1
        command = build_merge_command(
            kind,
            event_id=f"command-{self.commands}",
            now=self.hub.clock(),
            customer_id=self.ids[0],
            absorbed=self.ids[1],
            later=later or (),
        )
        assert self.decide([command]) == {}

    @rule(days=st.integers(1, 15))
    def wait(self, days: int) -> None:
        if self.hub.clock() + timedelta(days=days) < self.start + MARKS_KEPT:
            self.hub.clock.passes(days=days)

    @invariant()
    def every_event_was_decided_once(self) -> None:
        counts = Counter(decision.event_id for decision in self.customers.decided)
        sent = [event.id for events in self.history for event in events]
        assert {event_id: counts[event_id] for event_id in sent} == dict.fromkeys(sent, 1)

    @invariant()
    def no_mark_is_of_an_event_that_was_not_decided(self) -> None:
        decided = {decision.event_id for decision in self.customers.decided}
        possible = {
            digest(f"{digest(customer_id)} {digest(event_id)}", 15)
            for customer_id in self.ids
            for event_id in decided
        }
        assert self.marks.items.keys() <= possible


def to_messages(events: list[Event]) -> list[QueueMessage]:
    return [
        QueueMessage(id=f"{number}-{event.id}", body=event.to_dict(), group=event.customer_id)
        for number, event in enumerate(events)
    ]


# Shrinking would take minutes: an example decides on hundreds of events.
LateRepeats.TestCase.settings = settings(
    max_examples=15, stateful_step_count=14, deadline=None, phases=[Phase.generate]
)
TestLateRepeats = LateRepeats.TestCase
