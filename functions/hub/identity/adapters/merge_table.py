"""The merges table, and the transactions that write two customers at once."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from hub.identity.adapters.cluster_items import HoldingItem, IdentityItem, stored, unchanged
from hub.identity.domain.identity_cluster import Holding
from hub.identity.domain.merge_record import Merge
from hub.kernel.times import iso
from hub.model.customer import Customer
from hub.platform.adapters import clock
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import SharedConnection, Table, table_of, translated
from hub.platform.ports import Clock


class StateItem(Table):
    """A customer as written by a merge: without an outbox, so `dispatch` passes it by."""

    customer_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    state = UnicodeAttribute()
    updated_at = UnicodeAttribute()


class MergeItem(Table):
    """A merge lies with the absorbed; conflicts lie in the table too
    (`hub.identity.adapters.conflict_items`)."""

    customer_id = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    record = UnicodeAttribute()
    undone_at = UnicodeAttribute(null=True)


class Merges:
    """`hub.identity.ports.Merges` in DynamoDB."""

    def __init__(
        self, merges: str, customers: str, identities: str, now: Clock = clock.now
    ) -> None:
        self._merge = table_of(MergeItem, merges)
        self._state = table_of(StateItem, customers)
        self._identity = table_of(IdentityItem, identities)
        self._holding = table_of(HoldingItem, identities)
        self._now = now

    @translated()
    def merge(self, merge: Merge, survivor: Customer) -> None:
        one, other = merge.survivor_holding, merge.absorbed_holding
        with TransactWrite(connection=SharedConnection()) as transaction:
            self._write(transaction, merge.survivor, survivor.to_dict())
            alias = {"customer_id": other.customer_id, "merged_into": one.customer_id}
            self._write(transaction, merge.absorbed, alias)
            self._hold(transaction, one, one.joined(other))
            self._hold(transaction, other, other, one.customer_id)
            self._hand_over(transaction, other.keys, one.customer_id, other.customer_id)
            line = self._merge(other.customer_id, _entry(merge), record=to_json(merge.to_dict()))
            transaction.save(line, condition=self._merge.entry.does_not_exist())

    @translated()
    def unmerge(
        self,
        merge: Merge,
        survivor: Customer,
        absorbed: Customer,
        holdings: tuple[Holding, Holding],
    ) -> None:
        one, other = holdings
        with TransactWrite(connection=SharedConnection()) as transaction:
            self._write(transaction, survivor, survivor.to_dict())
            self._write(transaction, absorbed, absorbed.to_dict())
            self._hold(transaction, one, one)
            self._hold(transaction, other, other)
            self._hand_over(transaction, other.keys, other.customer_id, one.customer_id)
            transaction.update(
                self._merge(other.customer_id, _entry(merge)),
                actions=[self._merge.undone_at.set(iso(self._now()))],
                condition=self._merge.undone_at.does_not_exist() & self._merge.entry.exists(),
            )

    @translated()
    def last(self, customer_id: str) -> Merge | None:
        found = self._merge.query(
            customer_id,
            self._merge.entry.startswith("merge#"),
            consistent_read=True,
            limit=1,
            scan_index_forward=False,
        )
        for item in found:
            merge = Merge.from_dict(orjson.loads(item.record))
            return replace(merge, undone_at=item.undone_at or "")
        return None

    def _write(self, transaction: TransactWrite, read: Customer, state: dict[str, Any]) -> None:
        version = read.version + 1
        item = self._state(
            read.customer_id,
            version=version,
            state=to_json({**state, "version": version}),
            updated_at=iso(self._now()),
        )
        new = self._state.customer_id.does_not_exist()
        same = self._state.version == read.version if read.version else new
        transaction.save(item, condition=same)

    def _hold(
        self,
        transaction: TransactWrite,
        read: Holding,
        now: Holding,
        merged_into: str | None = None,
    ) -> None:
        same = unchanged(self._holding, read)
        transaction.save(stored(self._holding, now, merged_into), condition=same)

    def _hand_over(
        self, transaction: TransactWrite, keys: Iterable[str], to: str, from_: str
    ) -> None:
        for key in keys:
            transaction.update(
                self._identity(key),
                actions=[self._identity.customer_id.set(to)],
                condition=self._identity.customer_id == from_,
            )


def _entry(merge: Merge) -> str:
    return f"merge#{iso(merge.at)}#{merge.id}"
