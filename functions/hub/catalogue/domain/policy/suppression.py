"""`suppression`: a condition in which nothing is sent."""

from dataclasses import dataclass
from typing import ClassVar, Self

from hub.catalogue.domain.policy.schema import CONDITION
from hub.catalogue.domain.policy.scope import PolicyScope, build_scope_properties, read_policy_scope
from hub.catalogue.domain.row_reader import RowReader
from hub.expression.domain import Expression
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.json_types import JsonObject

_SCOPE = ("channel", "category", "offer", "strategy")


@dataclass(frozen=True, slots=True)
class Suppression:
    """While `when` holds of the customer, such as an open complaint, nothing in the scope is
    sent."""

    KIND: ClassVar[str] = "suppression"
    SCHEMA: ClassVar[JsonObject] = {
        "properties": {
            **build_scope_properties(*_SCOPE),
            "when": CONDITION,
            "reason": {"type": "string", "maxLength": 200},
        },
        "required": ["when"],
    }
    about: PolicyScope
    when: Expression | None
    reason: str

    @classmethod
    def read(cls, reader: RowReader, fields: FieldTypes, /) -> Self:
        when = reader.read_expression("when", fields)
        if "when" not in reader.row:
            reader.add_problem(
                "when is missing: a condition such as seen('complaint.filed', days=14)"
            )
        about = read_policy_scope(reader, *_SCOPE)
        return cls(about, when, reader.read_text("reason") or (when.text if when else ""))
