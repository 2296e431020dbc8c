"""One entry of the attribution ledger: a line of a sale and the decision that it is attributed
to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso

AttributionBasis = Literal["reference", "code", "touch"]
"""Why the line is attributed: the sale names the decision or a promo code, or it came within the
attribution window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionEntry:
    """`sale` is the order or receipt, and `line` is the line's key in it. `amount` is in minor
    units, and negative if a return reverses it. `at` is the time of the sale or return. `offer` may
    be empty."""

    sale: str
    line: str
    amount: int
    currency: str
    decision_id: str
    action_id: str
    rule_id: str
    strategy: str
    channel: str
    by: AttributionBasis
    at: datetime
    offer: str = ""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        return cls(**{**data, "at": parse_time(data["at"])})

    def to_dict(self) -> dict[str, Json]:
        return {name: getattr(self, name) for name in self.__slots__} | {"at": to_iso(self.at)}
