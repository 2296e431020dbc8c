"""The table of letters that wait to be printed, each with its action."""

from collections.abc import Iterator

import orjson
from pynamodb.attributes import UnicodeAttribute

from hub.delivery.domain.print_batch import WaitingLetter
from hub.kernel.errors import Conflict
from hub.model.decision import Action
from hub.model.letter import Letter
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

PARTITION = "waiting"


class LetterItem(TableModel):
    """One letter that waits. All are in one partition, and a printed letter is deleted."""

    partition = UnicodeAttribute(hash_key=True, default=PARTITION, attr_name="tray")
    action_id = UnicodeAttribute(range_key=True)
    action = UnicodeAttribute()
    letter = UnicodeAttribute()
    batch = UnicodeAttribute(null=True)


class WaitingLetters:
    """`hub.delivery.ports.WaitingLetters` in DynamoDB."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(LetterItem, table)

    def add(self, action: Action, letter: Letter) -> None:
        item = self._item(PARTITION, action.id)
        item.action, item.letter = to_json(action.to_dict()), to_json(letter.to_dict())
        try:
            with translate_errors():
                item.save(self._item.action_id.does_not_exist())
        except Conflict:
            return

    @translate_errors()
    def has(self, action_id: str) -> bool:
        key = self._item.action_id == action_id
        return self._item.count(PARTITION, key, consistent_read=True) > 0

    def read_all(self) -> Iterator[WaitingLetter]:
        with translate_errors():
            for item in self._item.query(PARTITION, consistent_read=True):
                action = Action.from_dict(orjson.loads(item.action))
                letter = Letter.from_dict(orjson.loads(item.letter))
                yield WaitingLetter(action, letter, item.batch or "")

    def assign_batch(self, action_id: str, batch: str) -> bool:
        is_free = self._item.batch.does_not_exist() | (self._item.batch == batch)
        is_waiting = self._item.action_id.exists()
        try:
            with translate_errors():
                item = self._item(PARTITION, action_id)
                item.update([self._item.batch.set(batch)], condition=is_waiting & is_free)
        except Conflict:
            return False
        return True

    def unassign_batch(self, action_id: str, batch: str) -> None:
        is_in_batch = self._item.batch == batch
        try:
            with translate_errors():
                item = self._item(PARTITION, action_id)
                item.update([self._item.batch.remove()], condition=is_in_batch)
        except Conflict:
            return

    @translate_errors()
    def remove(self, action_id: str) -> None:
        self._item(PARTITION, action_id).delete()
