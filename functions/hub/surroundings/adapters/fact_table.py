"""The surroundings table: what is so of each thing, and which events told it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table, table_of, translated
from hub.surroundings.domain.thing_fact import KINDS, Fact, newest

# As long as the decisions on events of customers: the two are counted together.
KEPT = timedelta(days=90)
TOLD = "event"


class ThingItem(Table):
    kind = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    says = UnicodeAttribute()
    as_of = NumberAttribute()
    event_id = UnicodeAttribute()


class ToldItem(Table):
    """An event that was taken in, under the kind `event`, so that it can be counted."""

    kind = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    source = UnicodeAttribute()
    expires = NumberAttribute()


class Things:
    """`hub.surroundings.ports.Things` in DynamoDB: one row a thing, written only by what is later
    than it."""

    def __init__(self, table: str) -> None:
        self._thing = table_of(ThingItem, table)
        self._told = table_of(ToldItem, table)

    def note(self, facts: Sequence[Fact]) -> None:
        """What is counted is written last: then all that it tells is there."""
        for fact in newest(facts):
            try:
                self._put(fact)
            except Conflict:
                continue  # something later is known
        self._count(facts)

    @translated()
    def read(self) -> dict[str, dict[str, dict[str, Any]]]:
        return {
            kind: {item.name: _read(item) for item in self._thing.query(kind)}
            for kind, _ in KINDS.values()
        }

    @translated()
    def _put(self, fact: Fact) -> None:
        thing = self._thing
        as_late = (thing.as_of == fact.as_of) & (thing.event_id < fact.event_id)
        thing(
            fact.kind,
            fact.name,
            says=to_json(fact.says),
            as_of=fact.as_of,
            event_id=fact.event_id,
        ).save(thing.kind.does_not_exist() | (thing.as_of < fact.as_of) | as_late)

    @translated()
    def _count(self, facts: Sequence[Fact]) -> None:
        with self._told.batch_write() as batch:
            for fact in {fact.event_id: fact for fact in facts}.values():
                expires = int((fact.told_at + KEPT).timestamp())
                batch.save(self._told(TOLD, fact.event_id, source=fact.source, expires=expires))


def _read(item: ThingItem) -> dict[str, Any]:
    return {**orjson.loads(item.says), "as_of": int(item.as_of)}
