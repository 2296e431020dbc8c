"""Sweep: the rows from the watermark's overlap on, in their order, once through."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import orjson

from hub.intake.domain.polling_definition import PollingDefinition, WatermarkValue, is_before
from hub.intake.domain.sql_row import DatabaseRow, build_row_id, read_watermark_value, to_payload
from hub.intake.domain.watermark import MOST_FINGERPRINTS, Watermark, fingerprint_row
from hub.intake.ports import ParkedPayloads, Watermarks
from hub.kernel.digest import digest
from hub.kernel.errors import Rejected, Unavailable
from hub.messaging.ports import Bus, ClaimCheck
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload

TRIES = 3


class PollContext(Protocol):
    """What a sweep needs of whoever starts it."""

    @property
    def watermarks(self) -> Watermarks: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def claim_check(self) -> ClaimCheck: ...
    @property
    def parked(self) -> ParkedPayloads: ...
    @property
    def time_is_up(self) -> Callable[[], bool]: ...


@dataclass(slots=True)
class PollSweep:
    """`recent` are the rows of this sweep that the next one will read again, in their order;
    `set_aside` are those that were parked."""

    context: PollContext
    source: str
    polling: PollingDefinition
    holder: str
    now: datetime
    before: Watermark
    high: WatermarkValue | None = None
    recent: dict[bytes, WatermarkValue] = field(default_factory=dict)
    set_aside: set[bytes] = field(default_factory=set)

    def run(self, batches: Iterable[Sequence[DatabaseRow]]) -> None:
        """Notes the watermark behind every batch that the bus took.

        Raises `Unavailable` where the bus refuses, or one call is too short for what is read again;
        `Rejected` where the rows are not in order, and `Conflict` where another poll took over.
        """
        self.high = self.before.high
        for batch in batches:
            self._take(batch)
            self._note(self.before.seen)
            if self.context.time_is_up():
                if self.high == self.before.high:
                    raise Unavailable("the overlap holds more rows than one poll can read")
                return
        self._note(frozenset())

    def _take(self, batch: Sequence[DatabaseRow]) -> None:
        deliveries = [found for row in batch if (found := self._to_new_payload(row))]
        self._publish(deliveries)
        if self.high is not None:
            kept = self.polling.subtract_overlap(self.high)
            recent = [(one, mark) for one, mark in self.recent.items() if not is_before(mark, kept)]
            self.recent = dict(recent[-MOST_FINGERPRINTS:])

    def _to_new_payload(self, row: DatabaseRow) -> InboundPayload | None:
        """The row's delivery, unless it was taken before, or is parked for what is wrong in it."""
        payload = to_payload(row)
        try:
            id_, mark = self._identify_row(row)
        except Rejected as rejection:
            self._park(payload, rejection)
            return None
        self._advance(mark)
        self.recent[fingerprint_row(id_)] = mark
        return None if fingerprint_row(id_) in self.before.seen else self._to_payload(id_, payload)

    def _identify_row(self, row: DatabaseRow) -> tuple[str, WatermarkValue]:
        mark = read_watermark_value(row, self.polling)
        id_ = build_row_id(row, mark, self.polling)
        if fingerprint_row(id_) in self.recent:
            raise Rejected("is the key of two rows", ", ".join(self.polling.key))
        return id_, mark

    def _advance(self, mark: WatermarkValue) -> None:
        last = next(reversed(self.recent.values()), None)
        if last is not None and is_before(mark, last):
            self.context.watermarks.note(self.source, self.holder, self.before)
            raise Rejected(f"does not order its rows by {self.polling.watermark}", "query")
        reached = self.polling.limit_to_now(mark, self.now)
        if self.high is None or is_before(self.high, reached):
            self.high = reached

    def _park(self, payload: dict[str, Any], rejection: Rejected) -> None:
        """Once, as far as the overlap remembers."""
        id_ = f"row-{digest(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode(), 15)}"
        if (one := fingerprint_row(id_)) not in self.before.seen | self.set_aside:
            delivery = self._to_payload(id_, payload)
            self.context.parked.park(delivery, rejection.field, rejection.reason)
        if len(self.set_aside) < MOST_FINGERPRINTS:
            self.set_aside.add(one)

    def _to_payload(self, id_: str, payload: dict[str, Any]) -> InboundPayload:
        text, claim = orjson.dumps(payload), ""
        if len(text) > LARGEST_ON_BUS:
            claim = self.context.claim_check.put(f"{self.source}/{id_}", text)
        return InboundPayload(
            id=id_,
            source=self.source,
            received_at=self.now,
            correlation_id=f"{self.source}:{id_}",
            payload=None if claim else payload,
            claim=claim,
        )

    def _publish(self, waiting: Sequence[InboundPayload]) -> None:
        reason = ""
        for _ in range(TRIES):
            refused = self.context.bus.publish_payloads(waiting) if waiting else {}
            if not refused:
                return
            waiting = [waiting[index] for index in refused]
            reason = next(iter(refused.values()))
        raise Unavailable(f"the bus did not take {len(waiting)} rows of a database: {reason}")

    def _note(self, earlier: frozenset[bytes]) -> None:
        told = Watermark(self.high, earlier.union(self.recent, self.set_aside))
        if told != self.before:
            self.context.watermarks.note(self.source, self.holder, told)
