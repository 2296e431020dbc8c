"""Conflicts of keys, in the merges table: with whose event it was, for ninety days."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.identity.domain.merge_record import ConflictRecord
from hub.kernel.times import iso
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table, table_of, translated

KEPT = timedelta(days=90)


class ConflictItem(Table):
    customer_id = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    record = UnicodeAttribute()
    expires = NumberAttribute()


class Conflicts:
    """`hub.identity.ports.Conflicts` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = table_of(ConflictItem, table)

    @translated()
    def note(self, conflicts: Sequence[ConflictRecord]) -> None:
        for found in conflicts:
            self._item(
                found.customer_id,
                f"conflict#{iso(found.at)}#{found.event_id}#{found.conflict.key}",
                record=to_json(found.to_dict()),
                expires=int((found.at + KEPT).timestamp()),
            ).save()

    @translated()
    def forget(self, customer_ids: Collection[str]) -> None:
        for customer_id in sorted(customer_ids):
            for line in self._item.query(customer_id, attributes_to_get=["customer_id", "entry"]):
                line.delete()
