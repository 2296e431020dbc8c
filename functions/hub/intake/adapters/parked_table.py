"""The parked table: payloads that wait for a correction of their mapping."""

from datetime import timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.times import to_iso
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table, translate_errors

# As long as the claim check of a large body, because nobody can replay a payload without its body.
RETENTION = timedelta(days=90)


class ParkedItem(TableModel):
    """One parked payload; `delivery` is the inbound payload in JSON."""

    source = UnicodeAttribute(hash_key=True)
    parked = UnicodeAttribute(range_key=True)
    delivery_id = UnicodeAttribute()
    field = UnicodeAttribute()
    reason = UnicodeAttribute()
    delivery = UnicodeAttribute()
    status = UnicodeAttribute()
    expires = NumberAttribute()


class ParkedPayloads:
    """`hub.intake.ports.ParkedPayloads` in DynamoDB. The key is made of the delivery id, so a
    repeat is the same item."""

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
