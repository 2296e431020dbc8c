"""The identities table: who owns a key, and by which keys a customer is known."""

from collections.abc import Iterable, Mapping, Sequence

from pynamodb.transactions import TransactWrite

from hub.identity.adapters.cluster_items import HoldingItem, IdentityItem, living, stored, unchanged
from hub.identity.domain.identity_cluster import Holding, nobodys
from hub.kernel.times import iso
from hub.platform.adapters import clock
from hub.platform.adapters.dynamodb import SharedConnection, table_of, translated
from hub.platform.ports import Clock


class Identities:
    """`hub.identity.ports.Identities` in DynamoDB."""

    def __init__(self, table: str, now: Clock = clock.now) -> None:
        self._item = table_of(IdentityItem, table)
        self._holding = table_of(HoldingItem, table)
        self._now = now

    @translated()
    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        found = self._item.batch_get(keys, consistent_read=True)
        return {item.identity: item.customer_id for item in found}

    @translated()
    def holdings(self, customer_ids: Iterable[str]) -> dict[str, Holding]:
        return living(self._holding, customer_ids)

    @translated()
    def claim(self, keys: Sequence[str], holding: Holding, shared: Mapping[str, str]) -> None:
        """A single weak key is a plain conditional write: a transaction costs twice as much."""
        items = [self._owned(key, holding.customer_id) for key in dict.fromkeys(keys)]
        gained = not {*holding.keys}.isdisjoint(keys)
        unowned = self._item.identity.does_not_exist()
        if len(items) == 1 and not gained and not shared:
            items[0].save(unowned)
        elif items or shared:
            with TransactWrite(connection=SharedConnection()) as transaction:
                for item in items:
                    transaction.save(item, condition=unowned)
                for key, owner in shared.items():
                    his = self._item.customer_id == owner
                    transaction.save(self._owned(key, nobodys(key)), condition=his)
                if gained:
                    item = stored(self._holding, holding)
                    transaction.save(item, condition=unchanged(self._holding, holding))

    @translated()
    def forget(self, customer_id: str, keys: Iterable[str]) -> None:
        """Holding and aliases last, so that one cut off finds them again."""
        holding = living(self._holding, [customer_id])[customer_id]
        theirs = {customer_id, *holding.absorbed}
        for item in self._item.batch_get(sorted({*keys, *holding.keys}), consistent_read=True):
            if item.customer_id in theirs:
                item.delete(self._item.customer_id == item.customer_id)
        for absorbed in sorted(theirs):
            self._holding(f"@{absorbed}").delete()

    def _owned(self, key: str, customer_id: str) -> IdentityItem:
        return self._item(key, customer_id=customer_id, since=iso(self._now()))
