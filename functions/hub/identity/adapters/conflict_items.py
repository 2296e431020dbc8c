"""The items of key conflicts in the merges table, kept for ninety days."""

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
    """`hub.identity.ports.KeyConflicts` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(ConflictItem, table)

    @translate_errors()
    def note(self, conflicts: Sequence[KeyConflictRecord]) -> None:
        for record in conflicts:
            self._item(
                record.customer_id,
                f"conflict#{to_iso(record.at)}#{record.event_id}#{record.conflict.key}",
                record=to_json(record.to_dict()),
                expires=int((record.at + RETENTION).timestamp()),
            ).save()

    @translate_errors()
    def forget(self, customer_ids: Collection[str]) -> None:
        for customer_id in sorted(customer_ids):
            for item in self._item.query(customer_id, attributes_to_get=["customer_id", "entry"]):
                item.delete()
