"""Resolve: whose event is this? Known keys lead to their customer, unknown ones found a new one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hub.identity.domain.identity_cluster import Holding, Tie, namespace_of, nobodys
from hub.identity.domain.identity_keys import Keys, Namespaces
from hub.identity.domain.merge_record import ConflictRecord, merge_event
from hub.identity.domain.resolution import Recognition, recognise
from hub.identity.ports import Conflicts, Identities
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.messaging.ports import CustomerQueue
from hub.model.event import Event

TRIES = 5


@dataclass(slots=True)
class _Seen:
    """What one batch has read of the identities, and what it has found out itself."""

    owners: dict[str, str]
    holdings: dict[str, Holding]

    def of(self, keys: Iterable[str]) -> dict[str, Holding]:
        return {key: self.holdings[self.owners[key]] for key in keys if key in self.owners}


@dataclass(frozen=True, slots=True)
class Resolver:
    """Finds or founds the customers of a batch of events.

    Where an event shows two customers to be one person, the survivor's own group is told so before
    it gets the event: merging is for who has the customers in order
    (`hub.identity.steps.merge_customers`).
    """

    identities: Identities
    namespaces: Namespaces
    new_id: Callable[[], str]
    conflicts: Conflicts
    queue: CustomerQueue

    def resolve(self, events: Sequence[Event]) -> list[Event | Rejected]:
        """The events with their customer, or why nobody can be named, in the same order."""
        keys = [self.namespaces.keys(event.identities) for event in events]
        seen = self._look({key for found in keys for key in found.keys})
        conflicts: list[ConflictRecord] = []
        merges: dict[Tie, Event] = {}
        owned: list[Event | Rejected] = []
        for event, found in zip(events, keys, strict=True):
            if not found.keys:
                reason = found.reason or "nothing in it says who it is about"
                owned.append(Rejected(reason, "identities"))
                continue
            person = self._recognised(found, seen)
            owned.append(_owned(event, found, person))
            conflicts += _records(event, person)
            for tie in person.ties:
                pair = Tie(tie.customer_id, person.customer_id)
                merges.setdefault(pair, merge_event(event, person.customer_id, tie))
        self._tell(conflicts, list(merges.values()))
        return owned

    def _look(self, keys: Iterable[str]) -> _Seen:
        owners = self.identities.owners(keys)
        return _Seen(owners, self.identities.holdings(set(owners.values())))

    def _recognised(self, found: Keys, seen: _Seen) -> Recognition:
        for _ in range(TRIES):
            limits = self.namespaces.limits
            person = recognise(found.keys, seen.of(found.keys), limits, self.new_id)
            try:
                self._claim(person, seen)
            except Conflict:
                fresh = self._look(found.keys)
                seen.owners |= fresh.owners
                seen.holdings |= fresh.holdings
                continue
            return person
        raise Unavailable(f"its keys were claimed by others {TRIES} times in a row")

    def _claim(self, person: Recognition, seen: _Seen) -> None:
        shared = {key: seen.owners[key] for key in person.shared}
        if not person.claims and not shared:
            return
        strong = [key for key in person.claims if namespace_of(key) in self.namespaces.limits]
        holding = person.holding.with_keys(strong)
        self.identities.claim(person.claims, holding, shared)
        seen.owners |= dict.fromkeys(person.claims, person.customer_id)
        pools = {key: nobodys(key) for key in shared}
        seen.owners |= pools
        version = holding.version + bool(strong)
        seen.holdings[person.customer_id] = replace(holding, version=version)
        seen.holdings |= {pool: Holding(customer_id=pool) for pool in pools.values()}

    def _tell(self, conflicts: Sequence[ConflictRecord], merges: Sequence[Event]) -> None:
        if conflicts:
            self.conflicts.note(conflicts)
        for reason in self.queue.send(merges).values() if merges else ():
            raise Unavailable(f"a merge was not sent: {reason}")


def _owned(event: Event, found: Keys, person: Recognition) -> Event:
    """Without the keys that gave way."""
    kept = {namespace_of(key) for key in person.kept}
    values = {name: value for name, value in found.values.items() if name in kept}
    return replace(event, customer_id=person.customer_id, identities=values)


def _records(event: Event, person: Recognition) -> list[ConflictRecord]:
    return [
        ConflictRecord(
            event_id=event.id,
            at=event.received_at,
            customer_id=person.customer_id,
            conflict=conflict,
        )
        for conflict in person.conflicts
    ]
