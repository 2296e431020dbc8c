"""The parked table: deliveries that wait for their mapping to be mended."""

from datetime import timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.kernel.times import iso
from hub.model.inbound_payload import Delivery
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table, table_of, translated

# As long as the claim of a large body: a row without it could not be replayed.
KEPT = timedelta(days=90)


class ParkedItem(Table):
    source = UnicodeAttribute(hash_key=True)
    parked = UnicodeAttribute(range_key=True)
    delivery_id = UnicodeAttribute()
    field = UnicodeAttribute()
    reason = UnicodeAttribute()
    delivery = UnicodeAttribute()
    status = UnicodeAttribute()
    expires = NumberAttribute()


class Parked:
    """`hub.intake.ports.Parked` in DynamoDB. The key is the delivery's own, so a repeat is one
    item."""

    def __init__(self, table: str) -> None:
        self._item = table_of(ParkedItem, table)

    @translated()
    def park(self, delivery: Delivery, field: str, reason: str) -> None:
        self._item(
            delivery.source,
            f"{iso(delivery.received_at)}#{delivery.id}",
            delivery_id=delivery.id,
            field=field,
            reason=reason,
            delivery=to_json(delivery.to_dict()),
            status="parked",
            expires=int((delivery.received_at + KEPT).timestamp()),
        ).save()
