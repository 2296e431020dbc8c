"""Conflicts of keys, in the merges table: with whose event it was, for ninety days."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.identity.domain.merge_record import KeyConflictRecord
from hub.kernel.times import to_iso
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

RETENTION = timedelta(days=90)


class ConflictItem(TableModel):
    customer_id = UnicodeAttribute(hash_key=True)
    entry = UnicodeAttribute(range_key=True)
    record = UnicodeAttribute()
    expires = NumberAttribute()


class KeyConflicts:
    """`hub.identity.ports.Conflicts` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(ConflictItem, table)

    @translate_errors()
    def note(self, conflicts: Sequence[KeyConflictRecord]) -> None:
        for found in conflicts:
            self._item(
                found.customer_id,
                f"conflict#{to_iso(found.at)}#{found.event_id}#{found.conflict.key}",
                record=to_json(found.to_dict()),
                expires=int((found.at + RETENTION).timestamp()),
            ).save()

    @translate_errors()
    def forget(self, customer_ids: Collection[str]) -> None:
        for customer_id in sorted(customer_ids):
            for line in self._item.query(customer_id, attributes_to_get=["customer_id", "entry"]):
                line.delete()
