"""The inbound payload: one record as a source sent it, as it lies on the bus."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Self

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso
from hub.model.trust import Trust

LARGEST_ON_BUS = 200_000
"""The most bytes of JSON of a payload on the bus, which takes entries of at most 256 KB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundPayload:
    """One payload of one source. `id` is made of the source's delivery id, the same for a
    repetition, and shows nothing of it.

    `payload` is the parsed body. If it is too large for the bus, `claim` names the object in which
    it lies (claim check). With a `fault` it is no event, and `fault_field` says where that is: the
    entrance took its neighbours, and it is parked for that reason.

    `trust` is the level of the key with which it came; None if it is that of the source. `key` is a
    digest of a public key, by which its events are counted. `proven` are the identities that a
    proof in the request names, and `proof_fault` says why a proof was not accepted.
    """

    id: str
    source: str
    received_at: datetime
    correlation_id: str
    payload: Json = None
    claim: str = ""
    fault: str = ""
    fault_field: str = ""
    trust: Trust | None = None
    key: str = ""
    proven: Mapping[str, str] = field(default_factory=dict)
    proof_fault: str = ""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Reads the JSON form. Raises `Rejected` if it is malformed."""
        try:
            trust = Trust(data["trust"]) if data.get("trust") else None
            received_at = parse_time(data["received_at"])
            return cls(**{**data, "received_at": received_at, "trust": trust})
        except (KeyError, TypeError, ValueError) as wrong:
            raise Rejected(f"is not an inbound payload: {wrong}") from wrong

    def to_dict(self) -> dict[str, Json]:
        data: dict[str, Json] = {**asdict(self), "received_at": to_iso(self.received_at)}
        optional = ("fault", "fault_field", "trust", "key", "proven", "proof_fault")
        return {name: value for name, value in data.items() if value or name not in optional}
