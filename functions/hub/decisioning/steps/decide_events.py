"""Decides on a batch of events: one read of the customers, one of what their addresses refused, and
one of the event marks of those who have any; then for each customer the pure decision and one
conditional write."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.catalogue.domain.catalogue import Catalogue
from hub.contact_policy.steps.attach_refusals import AttachRefusals
from hub.decisioning.domain.decide import decide
from hub.history.ports import ParkedEvents
from hub.identity.steps.merge_customers import MergeCustomers
from hub.kernel.errors import Conflict, HubError, OverLimit, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.model.event import Event
from hub.platform.ports import Clock
from hub.profile.domain.erasure import ERASED
from hub.profile.domain.event_essentials import check_money, extract_refusal, keep_essentials
from hub.profile.domain.profile_limits import STATE_LIMIT, trim_to_limit
from hub.profile.domain.visitor_pace import check_pace
from hub.profile.ports import Customers
from hub.profile.steps.attach_repeats import AttachRepeats
from hub.surroundings.domain.surroundings import Surroundings

TRIES = 3
"""How often a customer is decided and written if others write them first."""
SEED = "segue"

EventGroup = Sequence[tuple[QueueMessage, Event]]


@dataclass(frozen=True, slots=True)
class DecideEvents:
    """Decides on batches. `size` returns the size of a stored customer in bytes.

    An event that needs more room than its customer has is parked. What it refuses, and a purchase,
    a return or an erasure without what is long, are decided nevertheless.
    """

    customers: Customers
    catalogue: Callable[[], Catalogue]
    surroundings: Callable[[Catalogue], Surroundings]
    size: Callable[[Customer], int]
    clock: Clock
    merger: MergeCustomers
    attach_refusals: AttachRefusals
    attach_repeats: AttachRepeats
    parked: ParkedEvents

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id. A faulty event does not stop the events of others."""
        failures: dict[str, HubError] = {}
        groups: dict[str, list[tuple[QueueMessage, Event]]] = {}
        for message in messages:
            try:
                event = Event.from_dict(message.body)
                groups.setdefault(event.customer_id, []).append((message, event))
            except Rejected as rejection:
                failures[message.id] = rejection
        try:
            events = {name: [event for _, event in group] for name, group in groups.items()}
            unused_reads = self._attach(self.customers.read_all(groups), events)
        except HubError as error:
            return failures | {m.id: error for group in groups.values() for m, _ in group}
        for group in groups.values():
            failures |= self._decide_group(group, unused_reads)
        return failures

    def _decide_group(
        self, group: EventGroup, unused_reads: dict[str, Customer]
    ) -> dict[str, HubError]:
        """`unused_reads` are the customers as the batch read them. Each is used for one try."""
        try:
            self._decide([event for _, event in group], unused_reads)
        except Rejected as rejection:
            if len(group) > 1:
                return self._decide_one_by_one(group, unused_reads)
            [(message, event)] = group
            if isinstance(rejection, OverLimit):
                return self._shorten_or_park(message, event, rejection)
            return {message.id: rejection}
        except HubError as error:
            return {message.id: error for message, _ in group}
        return {}

    def _shorten_or_park(
        self, message: QueueMessage, event: Event, excess: OverLimit
    ) -> dict[str, HubError]:
        """Decides on what always finds room of an event that is over a limit.

        If that is not the whole meaning of the event, the event is parked. Returns the failure by
        message id, if something else failed.
        """
        try:
            shortened = keep_essentials(event)
            if shortened and self._fits(shortened):
                return {}
            if refusal := extract_refusal(event):
                self._decide([refusal], {})
            self.parked.park(event, excess.field, excess.reason)
        except HubError as error:
            return {message.id: error}
        return {}

    def _fits(self, event: Event) -> bool:
        """Decides on the event. Returns whether it was within the limits."""
        try:
            self._decide([event], {})
        except OverLimit:
            return False
        return True

    def _decide_one_by_one(
        self, group: EventGroup, unused_reads: dict[str, Customer]
    ) -> dict[str, HubError]:
        """Decides each event alone, so that only the faulty event fails.

        If an event must be tried again later, the later ones of the customer wait too: they keep
        their order."""
        failures: dict[str, HubError] = {}
        for position, (message, event) in enumerate(group):
            for error in self._decide_group([(message, event)], unused_reads).values():
                failures[message.id] = error
                if not isinstance(error, Rejected):
                    return failures | {later.id: error for later, _ in group[position:]}
        return failures

    def _read(self, customer_id: str, events: Sequence[Event]) -> Customer:
        customer = self.customers.read(customer_id) or Customer(customer_id=customer_id)
        return self._attach({customer_id: customer}, {customer_id: events})[customer_id]

    def _attach(
        self, customers: Mapping[str, Customer], events: Mapping[str, Sequence[Event]]
    ) -> dict[str, Customer]:
        return self.attach_refusals(self.attach_repeats(customers, events), events)

    def _decide(self, events: Sequence[Event], unused_reads: dict[str, Customer]) -> None:
        customer_id = events[0].customer_id
        for event in events:
            check_money(event)
        for part in split_before_erasures(self.merger(events)):
            self._decide_and_write(customer_id, part, unused_reads)

    def _decide_and_write(
        self, customer_id: str, events: Sequence[Event], unused_reads: dict[str, Customer]
    ) -> None:
        for _ in range(TRIES):
            customer = unused_reads.pop(customer_id, None) or self._read(customer_id, events)
            if customer.customer_id != customer_id:
                self.merger.forward(events, customer.customer_id)
                return
            check_pace(customer, events)
            catalogue = self.catalogue()
            surroundings, now = self.surroundings(catalogue), self.clock()
            result = decide(events, customer, catalogue, surroundings, now, SEED)
            if not result.decisions:
                return
            episode = Episode(
                customer_id=customer.customer_id,
                version=customer.version,
                decided_at=now,
                catalogue=catalogue.number,
                surroundings=surroundings.name,
                seed=SEED,
                events=result.events,
                decisions=result.decisions,
                refusals=customer.refusals,
            )
            trimmed = trim_to_limit(result.customer, self.size, STATE_LIMIT)
            self.attach_repeats.marks.store(result.marks)
            try:
                self.customers.write(trimmed, episode)
            except Conflict:
                continue
            return
        raise Unavailable(f"the customer was written by somebody else {TRIES} times in a row")


def split_before_erasures(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Yields the events up to an erasure apart from the rest, so that each part gets its own write.

    The write of the tombstone then replaces the earlier write, and with it the personal data in its
    events."""
    start = 0
    for position, event in enumerate(events):
        if event.type == ERASED and position > start:
            yield events[start:position]
            start = position
    if start < len(events):
        yield events[start:]
