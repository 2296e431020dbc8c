"""The identities table: the owner of each key, and the cluster of each customer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from hub.identity.adapters.cluster_items import (
    BY_CUSTOMER,
    ClusterItem,
    IdentityItem,
    build_cluster_item,
    build_erasure,
    build_version_condition,
    read_living_clusters,
)
from hub.identity.domain.identity_cluster import IdentityCluster, make_pool_id
from hub.kernel.times import to_iso
from hub.platform.adapters import clock
from hub.platform.adapters.dynamodb import SharedConnection, bind_table, translate_errors
from hub.platform.ports import Clock


class Identities:
    """`hub.identity.ports.Identities` in DynamoDB."""

    def __init__(self, table: str, now: Clock = clock.now) -> None:
        self._item = bind_table(IdentityItem, table)
        self._cluster_item = bind_table(ClusterItem, table)
        self._now = now

    @translate_errors()
    def find_owners(self, keys: Iterable[str]) -> dict[str, str]:
        items = self._item.batch_get(keys, consistent_read=True)
        return {item.identity: item.customer_id for item in items}

    @translate_errors()
    def read_clusters(self, customer_ids: Iterable[str]) -> dict[str, IdentityCluster]:
        return read_living_clusters(self._cluster_item, customer_ids)

    @translate_errors()
    def assign_keys(
        self,
        keys: Sequence[str],
        cluster: IdentityCluster,
        shared: Mapping[str, str],
        left: Mapping[str, str],
    ) -> None:
        """Writes a single weak key without a transaction, because that costs twice as much."""
        items = [self._build_item(key, cluster.customer_id) for key in dict.fromkeys(keys)]
        gained = not {*cluster.keys}.isdisjoint(keys)
        if len(items) == 1 and not gained and not shared:
            items[0].save(self._build_free_condition(items[0].identity, left))
        elif items or shared:
            with TransactWrite(connection=SharedConnection()) as transaction:
                for item in items:
                    free = self._build_free_condition(item.identity, left)
                    transaction.save(item, condition=free)
                for key, owner in shared.items():
                    same_owner = self._item.customer_id == owner
                    pool_item = self._build_item(key, make_pool_id(key))
                    transaction.save(pool_item, condition=same_owner)
                if gained:
                    cluster_item = build_cluster_item(self._cluster_item, cluster)
                    unchanged = build_version_condition(self._cluster_item, cluster)
                    transaction.save(cluster_item, condition=unchanged)

    @translate_errors()
    def forget(self, customer_id: str, keys: Iterable[str]) -> None:
        """Marks the cluster of the customer last, so that a retry finds all absorbed customers.

        The index is eventually consistent, so the keys known otherwise are read as well.
        """
        cluster = read_living_clusters(self._cluster_item, [customer_id])[customer_id]
        customer_ids = [*cluster.absorbed, customer_id]
        indexed = {key for owner in customer_ids for key in self._find_keys(owner)}
        possible = sorted({*keys, *cluster.keys, *indexed})
        for item in self._item.batch_get(possible, consistent_read=True):
            if item.customer_id in customer_ids:
                item.delete(self._item.customer_id == item.customer_id)
        for cluster_id in customer_ids:
            item_of_cluster = self._cluster_item(f"@{cluster_id}")
            item_of_cluster.update(actions=build_erasure(self._cluster_item, cluster_id))

    def _find_keys(self, customer_id: str) -> Iterator[str]:
        return (item.identity for item in self._item.query(customer_id, index_name=BY_CUSTOMER))

    def _build_free_condition(self, key: str, left: Mapping[str, str]) -> Condition:
        """The condition that the key has no owner, or still the erased one."""
        if key in left:
            return self._item.customer_id == left[key]
        return self._item.identity.does_not_exist()

    def _build_item(self, key: str, customer_id: str) -> IdentityItem:
        return self._item(key, customer_id=customer_id, since=to_iso(self._now()))
