"""Parked payloads: they wait for a correction of their mapping."""

from hub.history.adapters.parked_table import ParkedTable
from hub.model.inbound_payload import InboundPayload


class ParkedPayloads(ParkedTable):
    """`hub.intake.ports.ParkedPayloads` in DynamoDB."""

    def park(self, payload: InboundPayload, field: str, reason: str) -> None:
        self.save(payload, field, reason)
