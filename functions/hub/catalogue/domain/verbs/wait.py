"""`wait`: after a while the customer gets an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from hub.catalogue.domain.verbs.verb import Verb, VerbWords
from hub.catalogue.domain.verbs.words import DURATION, NEW_EVENT_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Verb):
    """`then` is the type of the event."""

    do: ClassVar[str] = "wait"
    words: ClassVar[VerbWords] = VerbWords(required={"for": DURATION, "then": NEW_EVENT_TYPE})

    duration: str
    then: str

    @classmethod
    def from_words(cls, words: Mapping[str, Any]) -> Self:
        return cls(duration=words["for"], then=words["then"])

    def leads_to(self) -> tuple[str, ...]:
        return (self.then,)
