"""The table of letters that wait to be printed, each with its action."""

from collections.abc import Iterator

import orjson
from pynamodb.attributes import UnicodeAttribute

from hub.delivery.domain.print_batch import Written
from hub.kernel.errors import Conflict
from hub.model.decision import Action
from hub.model.letter import Letter
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table, table_of, translated

TRAY = "waiting"


class LetterItem(Table):
    """All lie in one tray; what is printed is taken out."""

    tray = UnicodeAttribute(hash_key=True, default=TRAY)
    action_id = UnicodeAttribute(range_key=True)
    action = UnicodeAttribute()
    letter = UnicodeAttribute()
    batch = UnicodeAttribute(null=True)


class Letters:
    """`hub.delivery.ports.Letters` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = table_of(LetterItem, table)

    def lay(self, action: Action, letter: Letter) -> None:
        item = self._item(TRAY, action.id)
        item.action, item.letter = to_json(action.to_dict()), to_json(letter.to_dict())
        try:
            with translated():
                item.save(self._item.action_id.does_not_exist())
        except Conflict:
            return

    @translated()
    def has(self, action_id: str) -> bool:
        key = self._item.action_id == action_id
        return self._item.count(TRAY, key, consistent_read=True) > 0

    def all(self) -> Iterator[Written]:
        with translated():
            for item in self._item.query(TRAY, consistent_read=True):
                action = Action.from_dict(orjson.loads(item.action))
                letter = Letter.from_dict(orjson.loads(item.letter))
                yield Written(action, letter, item.batch or "")

    def claim(self, action_id: str, batch: str) -> bool:
        free = self._item.batch.does_not_exist() | (self._item.batch == batch)
        there = self._item.action_id.exists()
        try:
            with translated():
                item = self._item(TRAY, action_id)
                item.update([self._item.batch.set(batch)], condition=there & free)
        except Conflict:
            return False
        return True

    def release(self, action_id: str, batch: str) -> None:
        ours = self._item.batch == batch
        try:
            with translated():
                self._item(TRAY, action_id).update([self._item.batch.remove()], condition=ours)
        except Conflict:
            return

    @translated()
    def remove(self, action_id: str) -> None:
        self._item(TRAY, action_id).delete()
