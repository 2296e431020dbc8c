"""The parked table: what waits until somebody corrects a mapping or a limit."""

from datetime import datetime, timedelta
from typing import Protocol

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.json_types import Json
from hub.kernel.times import to_iso
from hub.messaging.domain.bus_records import OUTCOME
from hub.model.event import Event
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

# As long as the claim check of a large body, because nobody can replay a payload without its body.
RETENTION = timedelta(days=90)


class ParkedItem(TableModel):
    """One parked payload or event. `delivery` is its JSON form. `bus_source` is the kind of record
    as which an event goes to the bus again; a payload has none."""

    source = UnicodeAttribute(hash_key=True)
    parked = UnicodeAttribute(range_key=True)
    delivery_id = UnicodeAttribute()
    field = UnicodeAttribute()
    reason = UnicodeAttribute()
    delivery = UnicodeAttribute()
    status = UnicodeAttribute()
    bus_source = UnicodeAttribute(null=True)
    expires = NumberAttribute()


class _Record(Protocol):
    """What can be parked: a payload or an event."""

    @property
    def id(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def received_at(self) -> datetime: ...
    def to_dict(self) -> dict[str, Json]: ...


class ParkedTable:
    """The key of an item is made of the record's id, so a repeat is the same item."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(ParkedItem, table)

    @translate_errors()
    def save(self, record: _Record, field: str, reason: str, bus_source: str | None = None) -> None:
        self._item(
            record.source,
            f"{to_iso(record.received_at)}#{record.id}",
            delivery_id=record.id,
            field=field,
            reason=reason,
            delivery=to_json(record.to_dict()),
            status="parked",
            bus_source=bus_source,
            expires=int((record.received_at + RETENTION).timestamp()),
        ).save()


class ParkedEvents(ParkedTable):
    """`hub.history.ports.ParkedEvents` in DynamoDB."""

    def park(self, event: Event, field: str, reason: str) -> None:
        self.save(event, field, reason, OUTCOME)
