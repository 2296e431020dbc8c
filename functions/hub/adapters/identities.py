"""The identities table: who owns a key."""

from collections.abc import Iterable, Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from hub.adapters import clock
from hub.adapters.tables import SharedConnection, Table, table_of, translated
from hub.domain.times import iso
from hub.ports import Clock


class IdentityItem(Table):
    identity = UnicodeAttribute(hash_key=True)
    customer_id = UnicodeAttribute()
    since = UnicodeAttribute()


class Identities:
    """`hub.ports.Identities` in DynamoDB."""

    def __init__(self, table: str, now: Clock = clock.now) -> None:
        self._item = table_of(IdentityItem, table)
        self._now = now

    @translated()
    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        found = self._item.batch_get(keys, consistent_read=True)
        return {item.identity: item.customer_id for item in found}

    @translated()
    def claim(self, keys: Sequence[str], customer_id: str) -> None:
        """A single key is a plain conditional write: a transaction costs twice as much."""
        since = iso(self._now())
        items = [
            self._item(key, customer_id=customer_id, since=since) for key in dict.fromkeys(keys)
        ]
        unowned = self._item.identity.does_not_exist()
        if len(items) == 1:
            items[0].save(unowned)
        elif items:
            with TransactWrite(connection=SharedConnection()) as transaction:
                for item in items:
                    transaction.save(item, condition=unowned)
