"""How far a source's database was read, and what was read of the stretch that is read again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Self

from hub.intake.domain.polling_definition import Mark, Polling

SIZE = 8
MOST = 10_000
"""Rows remembered within the overlap, 80 KB of them; more than these come again under their ids."""


def trace(delivery_id: str) -> bytes:
    """What is remembered of a row; of ten thousand rows, two share one by a chance of 10^-11."""
    return blake2b(delivery_id.encode(), digest_size=SIZE).digest()


@dataclass(frozen=True, slots=True)
class Watermark:
    """`high` is the latest mark of a row that the bus has taken; None before the first."""

    high: Mark | None = None
    seen: frozenset[bytes] = frozenset()

    def since(self, polling: Polling) -> Mark:
        return polling.begin if self.high is None else polling.before(self.high)

    def to_dict(self) -> dict[str, Any]:
        kind = "time" if isinstance(self.high, datetime) else "number"
        text = self.high.isoformat() if isinstance(self.high, datetime) else str(self.high)
        told = {} if self.high is None else {kind: text}
        return {"high": told, "seen": b"".join(sorted(self.seen))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        seen, high = data.get("seen", b""), data.get("high") or {}
        traces = frozenset(seen[at : at + SIZE] for at in range(0, len(seen), SIZE))
        return cls(_mark(high), traces)


def _mark(told: Mapping[str, str]) -> Mark | None:
    if "time" in told:
        return datetime.fromisoformat(told["time"])
    if "number" not in told:
        return None
    number = Decimal(told["number"])
    return int(number) if number == number.to_integral_value() else number
