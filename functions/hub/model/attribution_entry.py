"""A sale's line and the decision that it is owed to: one entry of the attribution ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso

AttributionBasis = Literal["reference", "code", "touch"]
"""How it is known: the sale named the decision, or its promo code, or came soon enough after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionEntry:
    """`sale` is the order or receipt, `line` its place in it; `amount` is in minor units, negative
    where a return takes it back; `at` is when that happened. `offer` may be empty."""

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
