"""The counts of events by public key and minute. An item disappears some time after its minute."""

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.times import to_iso
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

RETENTION = timedelta(days=1)


class KeyCountItem(TableModel):
    key = UnicodeAttribute(hash_key=True)
    events = NumberAttribute()
    expires = NumberAttribute()


class KeyCounts:
    """`hub.intake.ports.KeyCounts` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(KeyCountItem, table)

    @translate_errors()
    def add(self, key: str, minute: datetime, events: int) -> int:
        item = self._item(f"{key} {to_iso(minute)}")
        item.update(
            actions=[
                self._item.events.add(events),
                self._item.expires.set(int((minute + RETENTION).timestamp())),
            ]
        )
        return int(item.events)
