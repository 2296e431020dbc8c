"""`set`: a trait of the customer gets a value."""

from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.verb import Verb, VerbWords
from hub.catalogue.domain.verbs.words import SCALAR, TRAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTrait(Verb):
    """`trait` is block and field, such as `interests.coffee`."""

    do: ClassVar[str] = "set"
    words: ClassVar[VerbWords] = VerbWords(required={"trait": TRAIT, "value": SCALAR})

    trait: str
    value: str | float | bool
