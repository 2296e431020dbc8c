"""`call`: a task for the call centre, with the script that a template makes."""

from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.message_verb import TEMPLATE_WORDS, TemplateVerb
from hub.catalogue.domain.verbs.verb import VerbWords
from hub.catalogue.domain.verbs.words import NAME, TEXT
from hub.model.channels import CALL_CHANNEL


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCall(TemplateVerb):
    """`reason` says to the agent why the customer is called."""

    do: ClassVar[str] = "call"
    words: ClassVar[VerbWords] = VerbWords(
        required={"queue": NAME, "template": NAME, "reason": TEXT}, optional=TEMPLATE_WORDS
    )
    rule_words: ClassVar[tuple[str, ...]] = tuple(TEMPLATE_WORDS)

    identifying_words: ClassVar[tuple[str, ...]] = ("queue", "template")

    queue: str
    reason: str

    def list_templates(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return ((self.template, (CALL_CHANNEL,)),)
