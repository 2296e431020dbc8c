"""The merges table, and the transactions that write two customers at once."""

from collections.abc import Iterable
from dataclasses import replace

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from hub.identity.adapters.cluster_items import (
    ClusterItem,
    IdentityItem,
    build_cluster_item,
    build_version_condition,
)
from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.domain.merge_record import MergeRecord
from hub.kernel.json_types import Json
from hub.kernel.times import to_iso
from hub.model.customer import Customer
from hub.platform.adapters import clock
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import (
    SharedConnection,
    TableModel,
    bind_table,
    translate_errors,
)
from hub.platform.ports import Clock


class CustomerStateItem(TableModel):
    """A customer as a merge writes it: without an outbox, so that `dispatch` ignores it."""

    customer_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    state = UnicodeAttribute()
    updated_at = UnicodeAttribute()


class MergeItem(TableModel):
    """A merge, under the id of the absorbed customer. The table also holds the conflicts (see
    `hub.identity.adapters.conflict_items`)."""

    customer_id = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    record = UnicodeAttribute()
    undone_at = UnicodeAttribute(null=True)


class Merges:
    """`hub.identity.ports.Merges` in DynamoDB."""

    def __init__(
        self, merges: str, customers: str, identities: str, now: Clock = clock.now
    ) -> None:
        self._merge_item = bind_table(MergeItem, merges)
        self._customer_item = bind_table(CustomerStateItem, customers)
        self._identity_item = bind_table(IdentityItem, identities)
        self._cluster_item = bind_table(ClusterItem, identities)
        self._now = now

    @translate_errors()
    def merge(self, merge: MergeRecord, survivor: Customer) -> None:
        kept, absorbed = merge.survivor_cluster, merge.absorbed_cluster
        with TransactWrite(connection=SharedConnection()) as transaction:
            self._write_customer(transaction, merge.survivor, survivor.to_dict())
            alias = {"customer_id": absorbed.customer_id, "merged_into": kept.customer_id}
            self._write_customer(transaction, merge.absorbed, alias)
            self._write_cluster(transaction, kept, kept.join(absorbed))
            self._write_cluster(transaction, absorbed, absorbed, kept.customer_id)
            self._move_keys(transaction, absorbed.keys, kept.customer_id, absorbed.customer_id)
            merge_item = self._merge_item(
                absorbed.customer_id, _build_entry(merge), record=to_json(merge.to_dict())
            )
            transaction.save(merge_item, condition=self._merge_item.entry.does_not_exist())

    @translate_errors()
    def unmerge(
        self,
        merge: MergeRecord,
        survivor: Customer,
        absorbed: Customer,
        clusters: tuple[IdentityCluster, IdentityCluster],
    ) -> None:
        kept, separated = clusters
        with TransactWrite(connection=SharedConnection()) as transaction:
            self._write_customer(transaction, survivor, survivor.to_dict())
            self._write_customer(transaction, absorbed, absorbed.to_dict())
            self._write_cluster(transaction, kept, kept)
            self._write_cluster(transaction, separated, separated)
            self._move_keys(transaction, separated.keys, separated.customer_id, kept.customer_id)
            transaction.update(
                self._merge_item(separated.customer_id, _build_entry(merge)),
                actions=[self._merge_item.undone_at.set(to_iso(self._now()))],
                condition=self._merge_item.undone_at.does_not_exist()
                & self._merge_item.entry.exists(),
            )

    @translate_errors()
    def read_last(self, customer_id: str) -> MergeRecord | None:
        items = self._merge_item.query(
            customer_id,
            self._merge_item.entry.startswith("merge#"),
            consistent_read=True,
            limit=1,
            scan_index_forward=False,
        )
        for item in items:
            merge = MergeRecord.from_dict(orjson.loads(item.record))
            return replace(merge, undone_at=item.undone_at or "")
        return None

    def _write_customer(
        self, transaction: TransactWrite, read: Customer, state: dict[str, Json]
    ) -> None:
        version = read.version + 1
        item = self._customer_item(
            read.customer_id,
            version=version,
            state=to_json({**state, "version": version}),
            updated_at=to_iso(self._now()),
        )
        new = self._customer_item.customer_id.does_not_exist()
        same = self._customer_item.version == read.version if read.version else new
        transaction.save(item, condition=same)

    def _write_cluster(
        self,
        transaction: TransactWrite,
        read: IdentityCluster,
        now: IdentityCluster,
        merged_into: str | None = None,
    ) -> None:
        same = build_version_condition(self._cluster_item, read)
        transaction.save(build_cluster_item(self._cluster_item, now, merged_into), condition=same)

    def _move_keys(
        self, transaction: TransactWrite, keys: Iterable[str], to: str, from_: str
    ) -> None:
        for key in keys:
            transaction.update(
                self._identity_item(key),
                actions=[self._identity_item.customer_id.set(to)],
                condition=self._identity_item.customer_id == from_,
            )


def _build_entry(merge: MergeRecord) -> str:
    return f"merge#{to_iso(merge.at)}#{merge.id}"
