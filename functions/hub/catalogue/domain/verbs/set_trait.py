"""`set`: a trait of the customer gets a value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.verb import Verb, VerbWords
from hub.catalogue.domain.verbs.words import SCALAR, TRAIT
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.did_you_mean import quote_value


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTrait(Verb):
    """`trait` is block and field, such as `interests.coffee`."""

    do: ClassVar[str] = "set"
    words: ClassVar[VerbWords] = VerbWords(required={"trait": TRAIT, "value": SCALAR})

    trait: str
    value: str | float | bool

    def find_field_conflicts(self, fields: FieldTypes) -> Iterator[str]:
        """Yields what the profile has instead of a value of this kind."""
        block, _, name = self.trait.partition(".")
        declared = fields.customer.member(block)
        member = declared.member(name) if declared else None
        if member and not member.can_hold(self.value):
            wanted = " or ".join(map(repr, member.values)) or member.kind
            yield f"value is {quote_value(self.value)}: {self.trait} holds {wanted}"
