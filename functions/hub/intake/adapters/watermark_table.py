"""The watermarks table, with one item for each source."""

from datetime import datetime

import orjson
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from hub.intake.domain.watermark import Watermark
from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors


class WatermarkItem(TableModel):
    """The watermark of one source and the lease on it."""

    source = UnicodeAttribute(hash_key=True)
    high = UnicodeAttribute(null=True)
    seen = BinaryAttribute(legacy_encoding=False, null=True)
    holder = UnicodeAttribute(null=True)
    held_until = NumberAttribute(null=True)


class Watermarks:
    """`hub.intake.ports.Watermarks` in DynamoDB. The lease is a condition of every write."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(WatermarkItem, table)

    def lease(self, source: str, holder: str, now: datetime, until: datetime) -> Watermark | None:
        try:
            return self._lease(source, holder, now, until)
        except Conflict:
            return None

    @translate_errors()
    def note(self, source: str, holder: str, watermark: Watermark) -> None:
        model, attributes = self._item, watermark.to_dict()
        seen = attributes["seen"]
        changes: list[Action] = [model.high.set(to_json(attributes["high"]))]
        changes.append(model.seen.set(seen) if seen else model.seen.remove())
        model(source).update(changes, condition=model.holder == holder)

    def release(self, source: str, holder: str) -> None:
        try:
            self._release(source, holder)
        except Conflict:
            return

    @translate_errors()
    def _lease(self, source: str, holder: str, now: datetime, until: datetime) -> Watermark:
        model, item = self._item, self._item(source)
        is_free = model.held_until.does_not_exist() | (model.held_until < now.timestamp())
        changes: list[Action] = [model.holder.set(holder), model.held_until.set(until.timestamp())]
        item.update(changes, condition=is_free | (model.holder == holder))
        return Watermark.from_dict(
            {"high": orjson.loads(item.high or "{}"), "seen": item.seen or b""}
        )

    @translate_errors()
    def _release(self, source: str, holder: str) -> None:
        model = self._item
        changes: list[Action] = [model.holder.remove(), model.held_until.remove()]
        model(source).update(changes, condition=model.holder == holder)
