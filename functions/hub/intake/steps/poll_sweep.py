"""One sweep of a poll: publishes the rows from the start of the overlap on, in their order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import orjson

from hub.intake.domain.polling_definition import PollingDefinition, WatermarkValue, is_before
from hub.intake.domain.sql_row import DatabaseRow, build_row_id, read_watermark_value, to_payload
from hub.intake.domain.watermark import MOST_FINGERPRINTS, Watermark, fingerprint_row
from hub.intake.ports import ParkedPayloads, Watermarks
from hub.kernel.digest import digest
from hub.kernel.errors import Rejected, Unavailable
from hub.kernel.json_types import Json
from hub.kernel.safe_id import to_opaque_id
from hub.messaging.ports import Bus, ClaimCheck
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload

TRIES = 3


class PollContext(Protocol):
    """The dependencies of a sweep, which `PollDatabase` has."""

    @property
    def watermarks(self) -> Watermarks: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def claim_check(self) -> ClaimCheck: ...
    @property
    def parked(self) -> ParkedPayloads: ...
    @property
    def is_time_up(self) -> Callable[[], bool]: ...


@dataclass(slots=True)
class PollSweep:
    """`recent` are the fingerprints of the rows that the next sweep reads again, in their order;
    `set_aside` are those of parked rows."""

    context: PollContext
    source: str
    polling: PollingDefinition
    holder: str
    now: datetime
    previous: Watermark
    high: WatermarkValue | None = None
    recent: dict[bytes, WatermarkValue] = field(default_factory=dict)
    set_aside: set[bytes] = field(default_factory=set)

    def run(self, batches: Iterable[Sequence[DatabaseRow]]) -> None:
        """Publishes the batches and stores the watermark after each.

        Raises `Unavailable` if the bus refuses or if one call is too short for the overlap,
        `Rejected` if the rows are not in order, and `Conflict` if another poll took over.
        """
        self.high = self.previous.high
        for batch in batches:
            self._take(batch)
            self._note(self.previous.seen)
            if self.context.is_time_up():
                if self.high == self.previous.high:
                    raise Unavailable("the overlap holds more rows than one poll can read")
                return
        self._note(frozenset())

    def _take(self, batch: Sequence[DatabaseRow]) -> None:
        payloads = [payload for row in batch if (payload := self._to_new_payload(row))]
        self._publish(payloads)
        if self.high is not None:
            overlap_start = self.polling.subtract_overlap(self.high)
            recent = [
                (fingerprint, value)
                for fingerprint, value in self.recent.items()
                if not is_before(value, overlap_start)
            ]
            self.recent = dict(recent[-MOST_FINGERPRINTS:])

    def _to_new_payload(self, row: DatabaseRow) -> InboundPayload | None:
        """Returns the payload of a new row; None for a known row, or for a bad one that it
        parks."""
        payload = to_payload(row)
        try:
            row_id, value = self._identify_row(row)
        except Rejected as rejection:
            self._park(payload, rejection)
            return None
        self._advance(value)
        fingerprint = fingerprint_row(row_id)
        self.recent[fingerprint] = value
        is_known = fingerprint in self.previous.seen
        return None if is_known else self._to_inbound_payload(row_id, payload)

    def _identify_row(self, row: DatabaseRow) -> tuple[str, WatermarkValue]:
        value = read_watermark_value(row, self.polling)
        row_id = build_row_id(row, value, self.polling)
        if fingerprint_row(row_id) in self.recent:
            raise Rejected("is the key of two rows", ", ".join(self.polling.key))
        return row_id, value

    def _advance(self, value: WatermarkValue) -> None:
        """Raises the watermark to a row's value. Raises `Rejected` if the rows are not in order."""
        last_value = next(reversed(self.recent.values()), None)
        if last_value is not None and is_before(value, last_value):
            self.context.watermarks.note(self.source, self.holder, self.previous)
            raise Rejected(f"does not order its rows by {self.polling.watermark}", "query")
        reached = self.polling.limit_to_now(value, self.now)
        if self.high is None or is_before(self.high, reached):
            self.high = reached

    def _park(self, payload: dict[str, Json], rejection: Rejected) -> None:
        """Parks a bad row once, as far as the overlap remembers it."""
        row_id = f"row-{digest(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode(), 15)}"
        fingerprint = fingerprint_row(row_id)
        if fingerprint not in self.previous.seen | self.set_aside:
            inbound_payload = self._to_inbound_payload(row_id, payload)
            self.context.parked.park(inbound_payload, rejection.field, rejection.reason)
        if len(self.set_aside) < MOST_FINGERPRINTS:
            self.set_aside.add(fingerprint)

    def _to_inbound_payload(self, row_id: str, payload: dict[str, Json]) -> InboundPayload:
        text, claim, delivery_id = orjson.dumps(payload), "", to_opaque_id(row_id)
        if len(text) > LARGEST_ON_BUS:
            claim = self.context.claim_check.put(f"{self.source}/{delivery_id}", text)
        return InboundPayload(
            id=delivery_id,
            source=self.source,
            received_at=self.now,
            correlation_id=f"{self.source}:{delivery_id}",
            payload=None if claim else payload,
            claim=claim,
        )

    def _publish(self, remaining: Sequence[InboundPayload]) -> None:
        reason = ""
        for _ in range(TRIES):
            refusals = self.context.bus.publish_payloads(remaining) if remaining else {}
            if not refusals:
                return
            remaining = [remaining[index] for index in refusals]
            reason = next(iter(refusals.values()))
        raise Unavailable(f"the bus did not take {len(remaining)} rows of a database: {reason}")

    def _note(self, earlier: frozenset[bytes]) -> None:
        watermark = Watermark(self.high, earlier.union(self.recent, self.set_aside))
        if watermark != self.previous:
            self.context.watermarks.note(self.source, self.holder, watermark)
