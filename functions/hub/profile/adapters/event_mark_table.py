"""The table of event marks: one item for each mark, with nothing but its time to live."""

from collections.abc import Collection

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.platform.adapters import clock
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors
from hub.platform.ports import Clock
from hub.profile.domain.event_memory import MARKS_KEPT


class EventMarkItem(TableModel):
    """`expires` is in seconds since 1970."""

    mark = UnicodeAttribute(hash_key=True)
    expires = NumberAttribute()


class EventMarkTable:
    """`hub.profile.ports.EventMarks` in DynamoDB."""

    def __init__(self, table: str, now: Clock = clock.now) -> None:
        self._item = bind_table(EventMarkItem, table)
        self._now = now

    @translate_errors()
    def find(self, marks: Collection[str]) -> frozenset[str]:
        items = self._item.batch_get(
            sorted(set(marks)), consistent_read=True, attributes_to_get=["mark"]
        )
        return frozenset(item.mark for item in items)

    @translate_errors()
    def store(self, marks: Collection[str]) -> None:
        if not marks:
            return
        expires = int((self._now() + MARKS_KEPT).timestamp())
        with self._item.batch_write() as batch:
            for mark in sorted(set(marks)):
                batch.save(self._item(mark, expires=expires))
