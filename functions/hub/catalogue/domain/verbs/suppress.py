"""`suppress`: for a while the customer gets no marketing about a category, goal or strategy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from hub.catalogue.domain.verbs.verb import Verb, VerbWords
from hub.catalogue.domain.verbs.words import DURATION, EVENT_TYPE, NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppress(Verb):
    """`kind` is `category`, `goal` or `strategy`, and `name` names one."""

    do: ClassVar[str] = "suppress"
    words: ClassVar[VerbWords] = VerbWords(
        required={"for": DURATION},
        either={"category": NAME, "goal": EVENT_TYPE, "strategy": NAME},
    )

    duration: str
    kind: str
    name: str

    @classmethod
    def from_words(cls, words: Mapping[str, Any]) -> Self:
        (kind,) = words.keys() - {"for"}
        return cls(duration=words["for"], kind=kind, name=words[kind])
