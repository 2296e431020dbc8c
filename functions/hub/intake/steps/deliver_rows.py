"""Publishes the rows of a file as inbound payloads, or puts them in quarantine with the reason."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

import orjson

from hub.intake.domain.file_reconciliation import FileProgress
from hub.intake.domain.file_records.batches import NumberedRecord
from hub.intake.domain.file_records.record import Record
from hub.intake.domain.normalization import Sources, map_payload
from hub.intake.domain.source_definition import SourceDefinition
from hub.kernel.errors import Rejected, Unavailable
from hub.kernel.json_types import Json
from hub.messaging.ports import Bus
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload

TRIES = 3


@dataclass(frozen=True, slots=True)
class DeliverRows:
    """`reached` is the last row, by part, that an earlier turn published. It is not published
    again, and neither are the rows before it."""

    sources: Sources
    bus: Bus
    received_at: datetime
    reached: Mapping[str, int]
    quarantine: IO[bytes]

    def deliver_batch(
        self, source: SourceDefinition, part: FileProgress, batch: Sequence[NumberedRecord]
    ) -> FileProgress:
        """Returns the progress after these rows. Raises `Unavailable` if the bus keeps refusing."""
        valid: list[tuple[int, InboundPayload]] = []
        for number, record in batch:
            try:
                payload = self._to_payload(source, f"{part.ids}:{number}", read_payload(record))
                map_payload(source, payload, self.sources.check)
            except Rejected as rejection:
                self._put_in_quarantine(part, number, record, rejection)
            else:
                valid.append((number, payload))
        reached = self.reached.get(part.name, 0)
        self._publish([payload for number, payload in valid if number > reached])
        return part.add_counts(events=len(valid), quarantined=len(batch) - len(valid))

    def _to_payload(
        self, source: SourceDefinition, delivery_id: str, payload: Json
    ) -> InboundPayload:
        return InboundPayload(
            id=delivery_id,
            source=source.name,
            received_at=self.received_at,
            correlation_id=f"{source.name}:{delivery_id}",
            payload=payload,
        )

    def _put_in_quarantine(
        self, part: FileProgress, number: int, record: Record, rejection: Rejected
    ) -> None:
        entry = {
            "file": part.name,
            "row": number,
            "reason": rejection.reason,
            "field": rejection.field,
            "line": record.text or _write_payload(record.payload),
        }
        self.quarantine.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))

    def _publish(self, batch: Sequence[InboundPayload]) -> None:
        remaining, reason = batch, ""
        for _ in range(TRIES):
            refusals = self.bus.publish_payloads(remaining)
            if not refusals:
                return
            remaining = [remaining[index] for index in refusals]
            reason = next(iter(refusals.values()))
        raise Unavailable(f"the bus did not take {len(remaining)} rows of a file: {reason}")


def _write_payload(payload: Json) -> str:
    """Writes what orjson refuses too: `\\ud800` for half a character."""
    try:
        return orjson.dumps(payload).decode()
    except orjson.JSONEncodeError:
        return json.dumps(payload)


def read_payload(record: Record) -> Json:
    """Returns the payload. Raises `Rejected` for a fault, and for what the bus cannot hold."""
    if record.fault:
        raise Rejected(record.fault)
    try:
        size = len(orjson.dumps(record.payload))
    except orjson.JSONEncodeError as error:
        raise Rejected("has a number of more than 64 bits, or half a character") from error
    if size > LARGEST_ON_BUS:
        raise Rejected(f"has more than {LARGEST_ON_BUS} bytes")
    return record.payload
