"""The watermarks table: an item a source."""

from datetime import datetime

import orjson
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from hub.intake.domain.watermark import Watermark
from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors


class WatermarkItem(TableModel):
    source = UnicodeAttribute(hash_key=True)
    high = UnicodeAttribute(null=True)
    seen = BinaryAttribute(legacy_encoding=False, null=True)
    holder = UnicodeAttribute(null=True)
    held_until = NumberAttribute(null=True)


class Watermarks:
    """`hub.intake.ports.Watermarks` in DynamoDB: every write is on condition of the lease."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(WatermarkItem, table)

    def lease(self, source: str, holder: str, now: datetime, until: datetime) -> Watermark | None:
        try:
            return self._lease(source, holder, now, until)
        except Conflict:
            return None

    @translate_errors()
    def note(self, source: str, holder: str, watermark: Watermark) -> None:
        kind, told = self._item, watermark.to_dict()
        changes: list[Action] = [kind.high.set(to_json(told["high"]))]
        changes.append(kind.seen.set(told["seen"]) if told["seen"] else kind.seen.remove())
        kind(source).update(changes, condition=kind.holder == holder)

    def release(self, source: str, holder: str) -> None:
        try:
            self._release(source, holder)
        except Conflict:
            return

    @translate_errors()
    def _lease(self, source: str, holder: str, now: datetime, until: datetime) -> Watermark:
        kind, item = self._item, self._item(source)
        free = kind.held_until.does_not_exist() | (kind.held_until < now.timestamp())
        taken: list[Action] = [kind.holder.set(holder), kind.held_until.set(until.timestamp())]
        item.update(taken, condition=free | (kind.holder == holder))
        return Watermark.from_dict(
            {"high": orjson.loads(item.high or "{}"), "seen": item.seen or b""}
        )

    @translate_errors()
    def _release(self, source: str, holder: str) -> None:
        kind = self._item
        changes: list[Action] = [kind.holder.remove(), kind.held_until.remove()]
        kind(source).update(changes, condition=kind.holder == holder)
