"""The parked table: deliveries that wait for their mapping to be mended."""

from datetime import timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.times import to_iso
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

# As long as the claim of a large body: a row without it could not be replayed.
RETENTION = timedelta(days=90)


class ParkedItem(TableModel):
    source = UnicodeAttribute(hash_key=True)
    parked = UnicodeAttribute(range_key=True)
    delivery_id = UnicodeAttribute()
    field = UnicodeAttribute()
    reason = UnicodeAttribute()
    delivery = UnicodeAttribute()
    status = UnicodeAttribute()
    expires = NumberAttribute()


class ParkedPayloads:
    """`hub.intake.ports.Parked` in DynamoDB. The key is the delivery's own, so a repeat is one
    item."""

    def __init__(self, table: str) -> None:
        self._item = bind_table(ParkedItem, table)

    @translate_errors()
    def park(self, payload: InboundPayload, field: str, reason: str) -> None:
        self._item(
            payload.source,
            f"{to_iso(payload.received_at)}#{payload.id}",
            delivery_id=payload.id,
            field=field,
            reason=reason,
            delivery=to_json(payload.to_dict()),
            status="parked",
            expires=int((payload.received_at + RETENTION).timestamp()),
        ).save()
