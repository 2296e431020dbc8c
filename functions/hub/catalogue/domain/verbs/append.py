"""`append`: the event becomes a record of the warehouse."""

from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.verb import Verb, VerbWords
from hub.catalogue.domain.verbs.words import NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendRecord(Verb):
    do: ClassVar[str] = "append"
    words: ClassVar[VerbWords] = VerbWords(required={"dataset": NAME})

    dataset: str
