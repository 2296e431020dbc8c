"""What an entrance took in, before anybody has read what it says: the raw record on the bus."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Self

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso

LARGEST_ON_BUS = 200_000
"""Bytes of JSON that a payload may have on the bus, whose entries end at 256 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundPayload:
    """One payload of one source. `id` is the source's own, so that a repeat is the same delivery.

    Either `payload` holds the parsed body or, above the bus's size, `claim` names the object that
    holds it (the claim-check pattern).
    """

    id: str
    source: str
    received_at: datetime
    correlation_id: str
    payload: Json = None
    claim: str = ""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Reads the JSON form. Raises `Rejected` when it is not one."""
        try:
            return cls(**{**data, "received_at": parse_time(data["received_at"])})
        except (KeyError, TypeError, ValueError) as wrong:
            raise Rejected(f"is not a delivery: {wrong}") from wrong

    def to_dict(self) -> dict[str, Json]:
        return {**asdict(self), "received_at": to_iso(self.received_at)}
