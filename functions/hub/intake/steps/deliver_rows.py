"""Rows: each becomes a delivery on the bus, or an entry of what was set aside, with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import orjson

from hub.intake.domain.file_reconciliation import FileProgress
from hub.intake.domain.file_records.batches import NumberedRecord
from hub.intake.domain.file_records.record import Record
from hub.intake.domain.normalization import Sources, map_payload
from hub.intake.domain.source_definition import SourceDefinition
from hub.kernel.errors import Rejected, Unavailable
from hub.messaging.ports import Bus
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload

TRIES = 3


@dataclass(frozen=True, slots=True)
class DeliverRows:
    """`reached` is by part the last row that an earlier turn delivered: up to there nothing is
    delivered again."""

    sources: Sources
    bus: Bus
    received_at: datetime
    reached: Mapping[str, int]
    quarantine: IO[bytes]

    def deliver_batch(
        self, source: SourceDefinition, part: FileProgress, batch: Sequence[NumberedRecord]
    ) -> FileProgress:
        """The part with these rows counted. Raises `Unavailable` when the bus keeps refusing."""
        good = []
        for number, record in batch:
            try:
                delivery = self._to_payload(source, f"{part.ids}:{number}", _payload(record))
                map_payload(source, delivery, self.sources.check)
            except Rejected as rejection:
                self._set_aside(part, number, record, rejection)
            else:
                good.append((number, delivery))
        reached = self.reached.get(part.name, 0)
        self._publish([delivery for number, delivery in good if number > reached])
        return part.add_counts(events=len(good), quarantined=len(batch) - len(good))

    def _to_payload(
        self, source: SourceDefinition, delivery_id: str, payload: Any
    ) -> InboundPayload:
        return InboundPayload(
            id=delivery_id,
            source=source.name,
            received_at=self.received_at,
            correlation_id=f"{source.name}:{delivery_id}",
            payload=payload,
        )

    def _set_aside(
        self, part: FileProgress, number: int, record: Record, rejection: Rejected
    ) -> None:
        entry = {
            "file": part.name,
            "row": number,
            "reason": rejection.reason,
            "field": rejection.field,
            "line": record.text or orjson.dumps(record.payload).decode(),
        }
        self.quarantine.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))

    def _publish(self, batch: Sequence[InboundPayload]) -> None:
        waiting, reason = batch, ""
        for _ in range(TRIES):
            refused = self.bus.publish_payloads(waiting)
            if not refused:
                return
            waiting = [waiting[index] for index in refused]
            reason = next(iter(refused.values()))
        raise Unavailable(f"the bus did not take {len(waiting)} rows of a file: {reason}")


def _payload(record: Record) -> Any:
    if record.fault:
        raise Rejected(record.fault)
    if len(orjson.dumps(record.payload)) > LARGEST_ON_BUS:
        raise Rejected(f"has more than {LARGEST_ON_BUS} bytes")
    return record.payload
