"""`budget`: the most that messages may cost."""

from dataclasses import dataclass
from typing import ClassVar, Self

from hub.catalogue.domain.policy.periods import DAY, EVER, MONTH
from hub.catalogue.domain.policy.schema import WHOLE_NUMBER, choose_from
from hub.catalogue.domain.policy.scope import PolicyScope, build_scope_properties, read_policy_scope
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject

_SCOPE = ("channel", "category", "offer", "strategy")


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that messages may cost, in minor units, per day, per month or ever."""

    KIND: ClassVar[str] = "budget"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            **build_scope_properties(*_SCOPE),
            "amount": WHOLE_NUMBER,
            "per": choose_from(DAY, MONTH, EVER),
        },
        "required": ["amount"],
    }
    name: str
    about: PolicyScope
    amount: int
    per: str

    @classmethod
    def read(cls, reader: RowReader, _: FieldTypes, /) -> Self:
        amount = reader.read_whole_number("amount")
        if amount < 1:
            reader.add_problem("amount must be a whole number of minor units, at least 1")
        about = read_policy_scope(reader, *_SCOPE)
        name = f"budget:{reader.row.get('policy_id', '')}"
        return cls(name, about, amount, reader.read_one_of("per", (DAY, MONTH, EVER), MONTH))
