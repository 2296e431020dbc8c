"""`context_weight`: how much more or less a candidate counts while a condition holds."""

from dataclasses import dataclass
from typing import ClassVar, Self

from hub.catalogue.domain.offer import MOST_WEIGHT
from hub.catalogue.domain.policy.schema import CONDITION, NAME, NOT_NEGATIVE
from hub.catalogue.domain.policy.scope import PolicyScope, build_scope_properties, read_policy_scope
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain import Expression
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject

_SCOPE = ("channel", "category", "offer", "strategy")


@dataclass(frozen=True, slots=True)
class ContextWeight:
    """While `when` holds, the ranking multiplies the candidates that it is about by `weight`."""

    KIND: ClassVar[str] = "context_weight"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            **build_scope_properties(*_SCOPE),
            "tag": NAME,
            "when": CONDITION,
            "weight": NOT_NEGATIVE,
        },
        "required": ["weight"],
    }
    about: PolicyScope
    tag: str
    when: Expression | None
    weight: float

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes, /) -> Self:
        if "weight" not in reader.row:
            reader.add_problem("weight is missing: 2 counts double, 0.5 half")
        about = read_policy_scope(reader, *_SCOPE)
        when = reader.read_expression("when", fields)
        return cls(
            about, reader.read_text("tag"), when, reader.read_number("weight", 1, most=MOST_WEIGHT)
        )
