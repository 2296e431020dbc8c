"""The parked table: what waits until somebody corrects a mapping or a limit."""

from datetime import timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

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


class ParkedEvents:
    """`hub.history.ports.ParkedEvents` in DynamoDB. The key is made of the event's id, so a repeat
    is the same item."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(ParkedItem, table)

    @translate_errors()
    def park(self, event: Event, field: str, reason: str) -> None:
        self._item(
            event.source,
            f"{to_iso(event.received_at)}#{event.id}",
            delivery_id=event.id,
            field=field,
            reason=reason,
            delivery=to_json(event.to_dict()),
            status="parked",
            bus_source=OUTCOME,
            expires=int((event.received_at + RETENTION).timestamp()),
        ).save()
