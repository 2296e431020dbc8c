"""Who is who: keys, holdings and aliases, and the ledger of merges."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from hub.identity.domain.identity_cluster import IdentityCluster, make_pool_id
from hub.identity.domain.merge_record import KeyConflictRecord, MergeRecord
from hub.kernel.errors import Conflict
from hub.kernel.times import to_iso
from hub.model.customer import Customer
from tests.factories import NOON
from tests.fakes.tables import Customers


class Identities:
    def __init__(self) -> None:
        self.items: dict[str, str] = {}
        self.clusters: dict[str, IdentityCluster] = {}
        self.aliases: dict[str, str] = {}

    def find_owners(self, keys: Iterable[str]) -> dict[str, str]:
        return {key: self.items[key] for key in keys if key in self.items}

    def read_clusters(self, customer_ids: Iterable[str]) -> dict[str, IdentityCluster]:
        return {i: self._read_living(i) for i in customer_ids}

    def assign_keys(
        self,
        keys: Sequence[str],
        cluster: IdentityCluster,
        shared: Mapping[str, str],
        left: Mapping[str, str],
    ) -> None:
        expected = {**{key: left.get(key) for key in keys}, **shared}
        if any(self.items.get(key) != owner for key, owner in expected.items()):
            raise Conflict("identity: has another owner")
        gained = not {*cluster.keys}.isdisjoint(keys)
        if gained:
            self.store_cluster(cluster)
        self.items |= dict.fromkeys(keys, cluster.customer_id)
        self.items |= {key: make_pool_id(key) for key in shared}

    def forget(self, customer_id: str, _: Iterable[str]) -> None:
        holding = self._read_living(customer_id)
        theirs = {customer_id, *holding.absorbed}
        self.items = {key: owner for key, owner in self.items.items() if owner not in theirs}
        for one in theirs:
            version = self.clusters[one].version if one in self.clusters else 0
            self.clusters[one] = IdentityCluster(customer_id=one, version=version + 1, erased=True)
            self.aliases.pop(one, None)

    def require(self, *clusters: IdentityCluster) -> None:
        for holding in clusters:
            found = self.clusters.get(holding.customer_id)
            if (found.version if found else 0) != holding.version:
                raise Conflict("holding: another version is stored")

    def store_cluster(self, cluster: IdentityCluster, merged_into: str = "") -> None:
        self.require(cluster)
        stored = replace(cluster, version=cluster.version + 1)
        self.clusters[cluster.customer_id] = stored
        self.aliases.pop(cluster.customer_id, None)
        if merged_into:
            self.aliases[cluster.customer_id] = merged_into

    def _read_living(self, customer_id: str) -> IdentityCluster:
        while customer_id in self.aliases:
            customer_id = self.aliases[customer_id]
        return self.clusters.get(customer_id, IdentityCluster(customer_id=customer_id))


class Merges:
    """Kept as JSON text, as in the table."""

    def __init__(self, customers: Customers, identities: Identities) -> None:
        self.lines: dict[str, list[str]] = {}
        self._customers = customers
        self._identities = identities

    def merge(self, merge: MergeRecord, survivor: Customer) -> None:
        one, other = merge.survivor_cluster, merge.absorbed_cluster
        self._identities.require(one, other)
        self._customers.require(merge.survivor, merge.absorbed)
        self._identities.store_cluster(one.join(other))
        self._identities.store_cluster(other, one.customer_id)
        self._identities.items |= dict.fromkeys(other.keys, one.customer_id)
        self._customers.put(survivor)
        self._customers.put(merge.absorbed, merged_into=one.customer_id)
        self.lines.setdefault(other.customer_id, []).append(json.dumps(merge.to_dict()))

    def unmerge(
        self,
        merge: MergeRecord,
        survivor: Customer,
        absorbed: Customer,
        clusters: tuple[IdentityCluster, IdentityCluster],
    ) -> None:
        one, other = clusters
        self._identities.require(one, other)
        self._customers.require(survivor, absorbed)
        last = self.read_last(other.customer_id)
        if last is None or last.id != merge.id or last.undone_at:
            raise Conflict("merge: is undone")
        self._identities.store_cluster(one)
        self._identities.store_cluster(other)
        self._identities.items |= dict.fromkeys(other.keys, other.customer_id)
        self._customers.put(survivor)
        self._customers.put(absorbed)
        undone = replace(last, undone_at=to_iso(NOON))
        self.lines[other.customer_id][-1] = json.dumps(undone.to_dict())

    def read_last(self, customer_id: str) -> MergeRecord | None:
        lines = self.lines.get(customer_id)
        return MergeRecord.from_dict(json.loads(lines[-1])) if lines else None


class KeyConflicts:
    def __init__(self) -> None:
        self.items: dict[tuple[str, str, str], KeyConflictRecord] = {}

    def note(self, conflicts: Sequence[KeyConflictRecord]) -> None:
        self.items |= {(c.customer_id, c.event_id, c.conflict.key): c for c in conflicts}

    def forget(self, customer_ids: Collection[str]) -> None:
        self.items = {key: c for key, c in self.items.items() if c.customer_id not in customer_ids}
