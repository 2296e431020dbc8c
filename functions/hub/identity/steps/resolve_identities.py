"""Finds the customer of each event: the owner of its keys, or a new customer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from hub.identity.domain.identity_cluster import (
    CustomerLink,
    IdentityCluster,
    make_pool_id,
    namespace_of,
)
from hub.identity.domain.identity_keys import Namespaces, NormalizedKeys
from hub.identity.domain.merge_record import (
    KeyConflictRecord,
    build_merge_event,
    find_previous_keys,
)
from hub.identity.domain.resolution import IdentityResolution, resolve_identity
from hub.identity.ports import Identities, KeyConflicts
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.messaging.ports import CustomerQueue
from hub.model.event import Event

MAX_TRIES = 5


@dataclass(slots=True)
class _BatchIdentities:
    """The owners and clusters that one batch has read, with the changes it has made itself."""

    owners: dict[str, str]
    clusters: dict[str, IdentityCluster]

    def clusters_of(self, keys: Iterable[str]) -> dict[str, IdentityCluster]:
        return {key: self.clusters[self.owners[key]] for key in keys if key in self.owners}


@dataclass(frozen=True, slots=True)
class ResolveIdentities:
    """Finds or creates the customers of a batch of events.

    If an event shows that two customers are one person, it sends a merge event to the survivor's
    own queue group, before the event itself. `hub.identity.steps.merge_customers` merges them
    there, because only that group has the survivor's events in order.
    """

    identities: Identities
    namespaces: Namespaces
    new_id: Callable[[], str]
    conflicts: KeyConflicts
    queue: CustomerQueue

    def resolve(self, events: Sequence[Event]) -> list[Event | Rejected]:
        """Returns the events with their customer, or why there is none, in the same order."""
        keys = [
            self.namespaces.normalize_keys(event.identities, find_previous_keys(event))
            for event in events
        ]
        batch = self._read_identities(
            {key for normalized in keys for key in normalized.possible_keys}
        )
        conflicts: list[KeyConflictRecord] = []
        merges: dict[CustomerLink, Event] = {}
        resolved: list[Event | Rejected] = []
        for event, normalized in zip(events, keys, strict=True):
            if not normalized.keys:
                reason = normalized.reason or "has no key that names a customer"
                resolved.append(Rejected(reason, "identities"))
                continue
            resolution = self._resolve_event(normalized, batch)
            resolved.append(_assign_customer(event, normalized, resolution))
            conflicts += _build_conflict_records(event, resolution)
            for link in resolution.links:
                pair = CustomerLink(link.customer_id, resolution.customer_id)
                merges.setdefault(pair, build_merge_event(event, resolution.customer_id, link))
        self._send_findings(conflicts, list(merges.values()))
        return resolved

    def _read_identities(self, keys: Iterable[str]) -> _BatchIdentities:
        owners = self.identities.find_owners(keys)
        return _BatchIdentities(owners, self.identities.read_clusters(set(owners.values())))

    def _resolve_event(
        self, normalized: NormalizedKeys, batch: _BatchIdentities
    ) -> IdentityResolution:
        limits = self.namespaces.limits
        for _ in range(MAX_TRIES):
            keys = normalized.list_telling_keys(batch.owners)
            resolution = resolve_identity(keys, batch.clusters_of(keys), limits, self.new_id)
            try:
                self._assign_keys(resolution, batch)
            except Conflict:
                fresh = self._read_identities(normalized.possible_keys)
                batch.owners |= fresh.owners
                batch.clusters |= fresh.clusters
                continue
            return resolution
        raise Unavailable(f"other events took its keys {MAX_TRIES} times in a row")

    def _assign_keys(self, resolution: IdentityResolution, batch: _BatchIdentities) -> None:
        gained_keys, customer_id = resolution.gained_keys, resolution.customer_id
        shared = {key: batch.owners[key] for key in resolution.shared}
        left = {key: batch.owners[key] for key in gained_keys if key in batch.owners}
        if not gained_keys and not shared:
            return
        strong = [key for key in gained_keys if namespace_of(key) in self.namespaces.limits]
        cluster = resolution.cluster.with_keys(strong)
        self.identities.assign_keys(gained_keys, cluster, shared, left)
        pools = {key: make_pool_id(key) for key in shared}
        batch.owners |= dict.fromkeys(gained_keys, customer_id)
        batch.owners |= pools
        batch.clusters[customer_id] = replace(cluster, version=cluster.version + bool(strong))
        batch.clusters |= {pool: IdentityCluster(customer_id=pool) for pool in pools.values()}

    def _send_findings(
        self, conflicts: Sequence[KeyConflictRecord], merges: Sequence[Event]
    ) -> None:
        if conflicts:
            self.conflicts.note(conflicts)
        for reason in self.queue.send(merges).values() if merges else ():
            raise Unavailable(f"the event of a merge was not sent: {reason}")


def _assign_customer(
    event: Event, normalized: NormalizedKeys, resolution: IdentityResolution
) -> Event:
    """The event with its customer and without the refused keys."""
    kept = {namespace_of(key) for key in resolution.kept_keys}
    values = {name: value for name, value in normalized.values.items() if name in kept}
    return replace(event, customer_id=resolution.customer_id, identities=values)


def _build_conflict_records(
    event: Event, resolution: IdentityResolution
) -> list[KeyConflictRecord]:
    return [
        KeyConflictRecord(
            event_id=event.id,
            at=event.received_at,
            customer_id=resolution.customer_id,
            conflict=conflict,
        )
        for conflict in resolution.conflicts
    ]
