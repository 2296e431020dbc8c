"""Decide: one read a batch, and per customer the pure decision and one conditional write."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.identity.steps.merge_customers import MergeCustomers
from hub.kernel.errors import Conflict, HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.model.event import Event
from hub.platform.ports import Clock
from hub.profile.domain.apply_event import trim_to_limit
from hub.profile.domain.erasure import ERASED
from hub.profile.ports import Customers
from hub.surroundings.domain.surroundings import Surroundings

STATE_LIMIT = 16_000
TRIES = 3
SEED = "segue"

EventGroup = Sequence[tuple[QueueMessage, Event]]


@dataclass(frozen=True, slots=True)
class DecideEvents:
    """Decides on batches, folded per customer. `size` measures a customer as stored, in bytes."""

    customers: Customers
    catalogue: Callable[[], Catalogue]
    surroundings: Callable[[Catalogue], Surroundings]
    size: Callable[[Customer], int]
    clock: Clock
    merger: MergeCustomers

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        groups: dict[str, list[tuple[QueueMessage, Event]]] = {}
        for message in messages:
            try:
                event = Event.from_dict(message.body)
                groups.setdefault(event.customer_id, []).append((message, event))
            except Rejected as rejection:
                failures[message.id] = rejection
        try:
            seen = self.customers.read_all(groups)
        except HubError as error:
            return failures | {m.id: error for group in groups.values() for m, _ in group}
        for group in groups.values():
            failures |= self._decide_group(group, seen)
        return failures

    def _decide_group(self, group: EventGroup, seen: dict[str, Customer]) -> dict[str, HubError]:
        """`seen` are the customers as the batch found them, each good for one try."""
        try:
            self._decide([event for _, event in group], seen)
        except Rejected as rejection:
            if len(group) == 1:
                return {group[0][0].id: rejection}
            return self._decide_one_by_one(group, seen)
        except HubError as error:
            return {message.id: error for message, _ in group}
        return {}

    def _decide_one_by_one(
        self, group: EventGroup, seen: dict[str, Customer]
    ) -> dict[str, HubError]:
        """One by one, so that a bad event goes alone; what must wait holds up what came later."""
        failures: dict[str, HubError] = {}
        for place, member in enumerate(group):
            failed = self._decide_group([member], seen)
            failures |= failed
            if any(not isinstance(error, Rejected) for error in failed.values()):
                (error,) = failed.values()
                return failures | {message.id: error for message, _ in group[place:]}
        return failures

    def _read(self, customer_id: str) -> Customer:
        return self.customers.read(customer_id) or Customer(customer_id=customer_id)

    def _decide(self, asked: Sequence[Event], seen: dict[str, Customer]) -> None:
        customer_id = asked[0].customer_id
        for events in split_before_erasures(self.merger(asked)):
            self._decide_and_write(customer_id, events, seen)

    def _decide_and_write(
        self, customer_id: str, events: Sequence[Event], seen: dict[str, Customer]
    ) -> None:
        for _ in range(TRIES):
            known = seen.pop(customer_id, None) or self._read(customer_id)
            if known.customer_id != customer_id:
                self.merger.forward(events, known.customer_id)
                return
            catalogue = self.catalogue()
            around, now = self.surroundings(catalogue), self.clock()
            verdict = decide(events, known, catalogue, around, now, SEED)
            if not verdict.decisions:
                return
            customer = trim_to_limit(verdict.customer, self.size, STATE_LIMIT)
            episode = Episode(
                customer_id=known.customer_id,
                version=known.version,
                decided_at=now,
                catalogue=catalogue.number,
                surroundings=around.name,
                seed=SEED,
                events=verdict.events,
                decisions=verdict.decisions,
            )
            try:
                self.customers.write(customer, episode)
            except Conflict:
                continue
            return
        raise Unavailable(f"the customer was written by somebody else {TRIES} times in a row")


def split_before_erasures(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Before somebody is forgotten, what came first is written by itself: the stone's own write
    then takes the place of what told of them."""
    begin = 0
    for place, event in enumerate(events):
        if event.type == ERASED and place > begin:
            yield events[begin:place]
            begin = place
    if begin < len(events):
        yield events[begin:]
