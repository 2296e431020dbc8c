"""The surroundings table: what is so of each thing, and which events told it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.errors import Conflict
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors
from hub.surroundings.domain.thing_fact import FACT_EVENT_TYPES, Fact, select_newest

# As long as the decisions on events of customers: the two are counted together.
RETENTION = timedelta(days=90)
EVENT_KIND = "event"


class FactItem(TableModel):
    kind = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    says = UnicodeAttribute()
    as_of = NumberAttribute()
    event_id = UnicodeAttribute()


class CountedEventItem(TableModel):
    """An event that was taken in, under the kind `event`, so that it can be counted."""

    kind = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    source = UnicodeAttribute()
    expires = NumberAttribute()


class FactStore:
    """`hub.surroundings.ports.Things` in DynamoDB: one row a thing, written only by what is later
    than it."""

    def __init__(self, table: str) -> None:
        self._fact_item = bind_table(FactItem, table)
        self._event_item = bind_table(CountedEventItem, table)

    def note(self, facts: Sequence[Fact]) -> None:
        """What is counted is written last: then all that it tells is there."""
        for fact in select_newest(facts):
            try:
                self._put(fact)
            except Conflict:
                continue  # something later is known
        self._count(facts)

    @translate_errors()
    def read(self) -> dict[str, dict[str, dict[str, Any]]]:
        return {
            kind: {item.name: _read(item) for item in self._fact_item.query(kind)}
            for kind, _ in FACT_EVENT_TYPES.values()
        }

    @translate_errors()
    def _put(self, fact: Fact) -> None:
        thing = self._fact_item
        as_late = (thing.as_of == fact.as_of) & (thing.event_id < fact.event_id)
        thing(
            fact.kind,
            fact.name,
            says=to_json(fact.properties),
            as_of=fact.as_of,
            event_id=fact.event_id,
        ).save(thing.kind.does_not_exist() | (thing.as_of < fact.as_of) | as_late)

    @translate_errors()
    def _count(self, facts: Sequence[Fact]) -> None:
        with self._event_item.batch_write() as batch:
            for fact in {fact.event_id: fact for fact in facts}.values():
                expires = int((fact.received_at + RETENTION).timestamp())
                batch.save(
                    self._event_item(EVENT_KIND, fact.event_id, source=fact.source, expires=expires)
                )


def _read(item: FactItem) -> dict[str, Any]:
    return {**orjson.loads(item.says), "as_of": int(item.as_of)}
