"""The watermark: how far a database has been read, and which rows of the overlap were read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Self, TypedDict

from hub.intake.domain.polling_definition import PollingDefinition, WatermarkValue
from hub.kernel.json_types import JsonObject

FINGERPRINT_BYTES = 8
MOST_FINGERPRINTS = 10_000
"""The rows remembered within the overlap (80 KB); other rows come again, with the same id."""


class WatermarkRecord(TypedDict):
    """A watermark as its table stores it."""

    high: dict[str, str]
    seen: bytes


def fingerprint_row(delivery_id: str) -> bytes:
    """Shortens a delivery id; two of ten thousand rows share a fingerprint with chance 10^-11."""
    return blake2b(delivery_id.encode(), digest_size=FINGERPRINT_BYTES).digest()


@dataclass(frozen=True, slots=True)
class Watermark:
    """`high` is the highest value of a published row; None before the first. `seen` are the
    fingerprints of the rows in the overlap."""

    high: WatermarkValue | None = None
    seen: frozenset[bytes] = frozenset()

    def find_start(self, polling: PollingDefinition) -> WatermarkValue:
        """The value from which the next poll reads."""
        return polling.begin if self.high is None else polling.subtract_overlap(self.high)

    def to_dict(self) -> WatermarkRecord:
        kind = "time" if isinstance(self.high, datetime) else "number"
        text = self.high.isoformat() if isinstance(self.high, datetime) else str(self.high)
        high = {} if self.high is None else {kind: text}
        return {"high": high, "seen": b"".join(sorted(self.seen))}

    @classmethod
    def from_dict(cls, data: WatermarkRecord | JsonObject) -> Self:
        seen, high = data.get("seen", b""), data.get("high") or {}
        fingerprints = frozenset(
            seen[at : at + FINGERPRINT_BYTES] for at in range(0, len(seen), FINGERPRINT_BYTES)
        )
        return cls(_parse_value(high), fingerprints)


def _parse_value(high: Mapping[str, str]) -> WatermarkValue | None:
    if "time" in high:
        return datetime.fromisoformat(high["time"])
    if "number" not in high:
        return None
    number = Decimal(high["number"])
    return int(number) if number == number.to_integral_value() else number
