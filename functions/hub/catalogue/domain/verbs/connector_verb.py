"""The verbs that call another system through a connector."""

from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.message_verb import MessageVerb
from hub.catalogue.domain.verbs.verb import VerbWords
from hub.catalogue.domain.verbs.words import DURATION, FIELDS, NAME, PURPOSE, REACHED_CHANNEL
from hub.kernel.json_types import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorVerb(MessageVerb):
    """`channel` and `purpose` are given if the system itself writes to people. `purpose` alone says
    what a system is asked for that hands it to people in a way which the hub does not know."""

    words: ClassVar[VerbWords] = VerbWords(
        required={"connector": NAME},
        optional={
            "operation": NAME,
            "fields": FIELDS,
            "channel": REACHED_CHANNEL,
            "purpose": PURPOSE,
            "expires": DURATION,
        },
    )
    rule_words: ClassVar[tuple[str, ...]] = ("expires",)
    identifying_words: ClassVar[tuple[str, ...]] = ("connector", "operation", "channel")

    connector: str
    operation: str | None = None
    fields: JsonObject | None = None
    channel: str | None = None
    purpose: str | None = None

    @property
    def is_message(self) -> bool:
        return bool(self.channel or self.purpose)
