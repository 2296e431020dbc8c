"""Parked payloads: they wait for a correction of their mapping."""

from hub.history.adapters.parked_table import RETENTION, ParkedItem
from hub.kernel.times import to_iso
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import bind_table, translate_errors


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
