"""Sweep: the rows from the watermark's overlap on, in their order, once through."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import orjson

from hub.intake.domain.polling_definition import Mark, Polling, precedes
from hub.intake.domain.sql_row import Row, id_of, mark_of, payload_of
from hub.intake.domain.watermark import MOST, Watermark, trace
from hub.intake.ports import Parked, Watermarks
from hub.kernel.digest import digest
from hub.kernel.errors import Rejected, Unavailable
from hub.messaging.ports import Bus, Claims
from hub.model.inbound_payload import LARGEST_ON_BUS, Delivery

TRIES = 3


class World(Protocol):
    """What a sweep needs of whoever starts it."""

    @property
    def watermarks(self) -> Watermarks: ...
    @property
    def bus(self) -> Bus: ...
    @property
    def claims(self) -> Claims: ...
    @property
    def parked(self) -> Parked: ...
    @property
    def time_is_up(self) -> Callable[[], bool]: ...


@dataclass(slots=True)
class Sweep:
    """`recent` are the rows of this sweep that the next one will read again, in their order;
    `set_aside` are those that were parked."""

    world: World
    source: str
    polling: Polling
    holder: str
    now: datetime
    before: Watermark
    high: Mark | None = None
    recent: dict[bytes, Mark] = field(default_factory=dict)
    set_aside: set[bytes] = field(default_factory=set)

    def run(self, batches: Iterable[Sequence[Row]]) -> None:
        """Notes the watermark behind every batch that the bus took.

        Raises `Unavailable` where the bus refuses, or one call is too short for what is read again;
        `Rejected` where the rows are not in order, and `Conflict` where another poll took over.
        """
        self.high = self.before.high
        for batch in batches:
            self._take(batch)
            self._note(self.before.seen)
            if self.world.time_is_up():
                if self.high == self.before.high:
                    raise Unavailable("the overlap holds more rows than one poll can read")
                return
        self._note(frozenset())

    def _take(self, batch: Sequence[Row]) -> None:
        deliveries = [found for row in batch if (found := self._fresh(row))]
        self._deliver(deliveries)
        if self.high is not None:
            kept = self.polling.before(self.high)
            recent = [(one, mark) for one, mark in self.recent.items() if not precedes(mark, kept)]
            self.recent = dict(recent[-MOST:])

    def _fresh(self, row: Row) -> Delivery | None:
        """The row's delivery, unless it was taken before, or is parked for what is wrong in it."""
        payload = payload_of(row)
        try:
            id_, mark = self._told(row)
        except Rejected as rejection:
            self._park(payload, rejection)
            return None
        self._advance(mark)
        self.recent[trace(id_)] = mark
        return None if trace(id_) in self.before.seen else self._delivery(id_, payload)

    def _told(self, row: Row) -> tuple[str, Mark]:
        mark = mark_of(row, self.polling)
        id_ = id_of(row, mark, self.polling)
        if trace(id_) in self.recent:
            raise Rejected("is the key of two rows", ", ".join(self.polling.key))
        return id_, mark

    def _advance(self, mark: Mark) -> None:
        last = next(reversed(self.recent.values()), None)
        if last is not None and precedes(mark, last):
            self.world.watermarks.note(self.source, self.holder, self.before)
            raise Rejected(f"does not order its rows by {self.polling.watermark}", "query")
        reached = self.polling.not_ahead(mark, self.now)
        if self.high is None or precedes(self.high, reached):
            self.high = reached

    def _park(self, payload: dict[str, Any], rejection: Rejected) -> None:
        """Once, as far as the overlap remembers."""
        id_ = f"row-{digest(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode(), 15)}"
        if (one := trace(id_)) not in self.before.seen | self.set_aside:
            delivery = self._delivery(id_, payload)
            self.world.parked.park(delivery, rejection.field, rejection.reason)
        if len(self.set_aside) < MOST:
            self.set_aside.add(one)

    def _delivery(self, id_: str, payload: dict[str, Any]) -> Delivery:
        text, claim = orjson.dumps(payload), ""
        if len(text) > LARGEST_ON_BUS:
            claim = self.world.claims.put(f"{self.source}/{id_}", text)
        return Delivery(
            id=id_,
            source=self.source,
            received_at=self.now,
            correlation_id=f"{self.source}:{id_}",
            payload=None if claim else payload,
            claim=claim,
        )

    def _deliver(self, waiting: Sequence[Delivery]) -> None:
        reason = ""
        for _ in range(TRIES):
            refused = self.world.bus.deliver(waiting) if waiting else {}
            if not refused:
                return
            waiting = [waiting[index] for index in refused]
            reason = next(iter(refused.values()))
        raise Unavailable(f"the bus did not take {len(waiting)} rows of a database: {reason}")

    def _note(self, earlier: frozenset[bytes]) -> None:
        told = Watermark(self.high, earlier.union(self.recent, self.set_aside))
        if told != self.before:
            self.world.watermarks.note(self.source, self.holder, told)
