"""The surroundings table: the latest fact of each thing, and the events that were counted."""

from collections.abc import Sequence
from datetime import timedelta

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.errors import Conflict
from hub.kernel.json_types import Json
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors
from hub.surroundings.domain.thing_fact import FACT_EVENT_TYPES, Fact, select_newest

# As long as the decisions on events of customers, because a report counts the two together.
RETENTION = timedelta(days=90)
EVENT_KIND = "event"


class FactItem(TableModel):
    """The latest fact of one thing; `says` is its properties in JSON."""

    kind = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    says = UnicodeAttribute()
    as_of = NumberAttribute()
    event_id = UnicodeAttribute()


class CountedEventItem(TableModel):
    """An event that the hub has taken in, under the kind `event`, for the counts of reports."""

    kind = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    source = UnicodeAttribute()
    expires = NumberAttribute()


class FactStore:
    """`hub.surroundings.ports.FactStore` in DynamoDB: one item a thing, which only a later fact
    overwrites."""

    def __init__(self, table: str) -> None:
        self._fact_item = bind_table(FactItem, table)
        self._event_item = bind_table(CountedEventItem, table)

    def note(self, facts: Sequence[Fact]) -> None:
        """Counts the events last, because a counted event must have its fact in the table."""
        for fact in select_newest(facts):
            try:
                self._put(fact)
            except Conflict:
                continue  # the table has a later fact
        self._count(facts)

    @translate_errors()
    def read(self) -> dict[str, dict[str, dict[str, Json]]]:
        return {
            kind: {item.name: _to_properties(item) for item in self._fact_item.query(kind)}
            for kind, _ in FACT_EVENT_TYPES.values()
        }

    @translate_errors()
    def _put(self, fact: Fact) -> None:
        item = self._fact_item
        ranks_higher = (item.as_of < fact.as_of) | (
            (item.as_of == fact.as_of) & (item.event_id < fact.event_id)
        )
        item(
            fact.kind,
            fact.name,
            says=to_json(fact.properties),
            as_of=fact.as_of,
            event_id=fact.event_id,
        ).save(item.kind.does_not_exist() | ranks_higher)

    @translate_errors()
    def _count(self, facts: Sequence[Fact]) -> None:
        with self._event_item.batch_write() as batch:
            for fact in {fact.event_id: fact for fact in facts}.values():
                expires = int((fact.received_at + RETENTION).timestamp())
                batch.save(
                    self._event_item(EVENT_KIND, fact.event_id, source=fact.source, expires=expires)
                )


def _to_properties(item: FactItem) -> dict[str, Json]:
    return {**orjson.loads(item.says), "as_of": int(item.as_of)}
