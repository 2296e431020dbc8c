"""Resolve: whose event is this? Known keys lead to their customer, unknown ones found a new one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hub.identity.domain.identity_cluster import (
    CustomerLink,
    IdentityCluster,
    make_pool_id,
    namespace_of,
)
from hub.identity.domain.identity_keys import Namespaces, NormalizedKeys
from hub.identity.domain.merge_record import KeyConflictRecord, build_merge_event
from hub.identity.domain.resolution import IdentityResolution, resolve_identity
from hub.identity.ports import Identities, KeyConflicts
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.messaging.ports import CustomerQueue
from hub.model.event import Event

MAX_TRIES = 5


@dataclass(slots=True)
class _BatchIdentities:
    """What one batch has read of the identities, and what it has found out itself."""

    owners: dict[str, str]
    clusters: dict[str, IdentityCluster]

    def clusters_of(self, keys: Iterable[str]) -> dict[str, IdentityCluster]:
        return {key: self.clusters[self.owners[key]] for key in keys if key in self.owners}


@dataclass(frozen=True, slots=True)
class ResolveIdentities:
    """Finds or founds the customers of a batch of events.

    Where an event shows two customers to be one person, the survivor's own group is told so before
    it gets the event: merging is for who has the customers in order
    (`hub.identity.steps.merge_customers`).
    """

    identities: Identities
    namespaces: Namespaces
    new_id: Callable[[], str]
    conflicts: KeyConflicts
    queue: CustomerQueue

    def resolve(self, events: Sequence[Event]) -> list[Event | Rejected]:
        """The events with their customer, or why nobody can be named, in the same order."""
        keys = [self.namespaces.normalize_keys(event.identities) for event in events]
        seen = self._read_identities({key for found in keys for key in found.keys})
        conflicts: list[KeyConflictRecord] = []
        merges: dict[CustomerLink, Event] = {}
        owned: list[Event | Rejected] = []
        for event, found in zip(events, keys, strict=True):
            if not found.keys:
                reason = found.reason or "nothing in it says who it is about"
                owned.append(Rejected(reason, "identities"))
                continue
            person = self._resolve_event(found, seen)
            owned.append(_assign_customer(event, found, person))
            conflicts += _build_conflict_records(event, person)
            for tie in person.links:
                pair = CustomerLink(tie.customer_id, person.customer_id)
                merges.setdefault(pair, build_merge_event(event, person.customer_id, tie))
        self._send_findings(conflicts, list(merges.values()))
        return owned

    def _read_identities(self, keys: Iterable[str]) -> _BatchIdentities:
        owners = self.identities.find_owners(keys)
        return _BatchIdentities(owners, self.identities.read_clusters(set(owners.values())))

    def _resolve_event(self, found: NormalizedKeys, seen: _BatchIdentities) -> IdentityResolution:
        for _ in range(MAX_TRIES):
            limits = self.namespaces.limits
            person = resolve_identity(found.keys, seen.clusters_of(found.keys), limits, self.new_id)
            try:
                self._assign_keys(person, seen)
            except Conflict:
                fresh = self._read_identities(found.keys)
                seen.owners |= fresh.owners
                seen.clusters |= fresh.clusters
                continue
            return person
        raise Unavailable(f"its keys were claimed by others {MAX_TRIES} times in a row")

    def _assign_keys(self, person: IdentityResolution, seen: _BatchIdentities) -> None:
        shared = {key: seen.owners[key] for key in person.shared}
        if not person.gained_keys and not shared:
            return
        strong = [key for key in person.gained_keys if namespace_of(key) in self.namespaces.limits]
        holding = person.cluster.with_keys(strong)
        self.identities.assign_keys(person.gained_keys, holding, shared)
        seen.owners |= dict.fromkeys(person.gained_keys, person.customer_id)
        pools = {key: make_pool_id(key) for key in shared}
        seen.owners |= pools
        version = holding.version + bool(strong)
        seen.clusters[person.customer_id] = replace(holding, version=version)
        seen.clusters |= {pool: IdentityCluster(customer_id=pool) for pool in pools.values()}

    def _send_findings(
        self, conflicts: Sequence[KeyConflictRecord], merges: Sequence[Event]
    ) -> None:
        if conflicts:
            self.conflicts.note(conflicts)
        for reason in self.queue.send(merges).values() if merges else ():
            raise Unavailable(f"a merge was not sent: {reason}")


def _assign_customer(event: Event, found: NormalizedKeys, person: IdentityResolution) -> Event:
    """Without the keys that gave way."""
    kept = {namespace_of(key) for key in person.kept_keys}
    values = {name: value for name, value in found.values.items() if name in kept}
    return replace(event, customer_id=person.customer_id, identities=values)


def _build_conflict_records(event: Event, person: IdentityResolution) -> list[KeyConflictRecord]:
    return [
        KeyConflictRecord(
            event_id=event.id,
            at=event.received_at,
            customer_id=person.customer_id,
            conflict=conflict,
        )
        for conflict in person.conflicts
    ]
