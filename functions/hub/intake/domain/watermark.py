"""How far a source's database was read, and what was read of the stretch that is read again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Self

from hub.intake.domain.polling_definition import PollingDefinition, WatermarkValue

FINGERPRINT_BYTES = 8
MOST_FINGERPRINTS = 10_000
"""Rows remembered within the overlap, 80 KB of them; more than these come again under their ids."""


def fingerprint_row(delivery_id: str) -> bytes:
    """What is remembered of a row; of ten thousand rows, two share one by a chance of 10^-11."""
    return blake2b(delivery_id.encode(), digest_size=FINGERPRINT_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Watermark:
    """`high` is the latest mark of a row that the bus has taken; None before the first."""

    high: WatermarkValue | None = None
    seen: frozenset[bytes] = frozenset()

    def find_start(self, polling: PollingDefinition) -> WatermarkValue:
        return polling.begin if self.high is None else polling.subtract_overlap(self.high)

    def to_dict(self) -> dict[str, Any]:
        kind = "time" if isinstance(self.high, datetime) else "number"
        text = self.high.isoformat() if isinstance(self.high, datetime) else str(self.high)
        told = {} if self.high is None else {kind: text}
        return {"high": told, "seen": b"".join(sorted(self.seen))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        seen, high = data.get("seen", b""), data.get("high") or {}
        traces = frozenset(
            seen[at : at + FINGERPRINT_BYTES] for at in range(0, len(seen), FINGERPRINT_BYTES)
        )
        return cls(_parse_value(high), traces)


def _parse_value(told: Mapping[str, str]) -> WatermarkValue | None:
    if "time" in told:
        return datetime.fromisoformat(told["time"])
    if "number" not in told:
        return None
    number = Decimal(told["number"])
    return int(number) if number == number.to_integral_value() else number
