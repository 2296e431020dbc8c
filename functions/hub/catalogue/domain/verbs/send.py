"""`send`: a message made of a template."""

from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.message_verb import (
    TEMPLATE_WORDS,
    ChannelsWord,
    TemplateVerb,
    choose_channels,
)
from hub.catalogue.domain.verbs.verb import VerbWords
from hub.catalogue.domain.verbs.words import MESSAGE_CHANNEL, MESSAGE_CHANNELS_LIST, NAME
from hub.model.channels import MESSAGE_CHANNELS


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(TemplateVerb):
    do: ClassVar[str] = "send"
    words: ClassVar[VerbWords] = VerbWords(
        required={"template": NAME},
        optional=TEMPLATE_WORDS,
        either={"channel": MESSAGE_CHANNEL, "channels": MESSAGE_CHANNELS_LIST},
    )
    rule_words: ClassVar[tuple[str, ...]] = (*words.either, *TEMPLATE_WORDS)

    identifying_words: ClassVar[tuple[str, ...]] = ("template", "channel", "channels")

    channel: str | None = None
    channels: ChannelsWord = None

    def list_channels(self) -> tuple[str, ...]:
        return choose_channels(self.channel or self.channels, MESSAGE_CHANNELS)

    def list_templates(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return ((self.template, self.list_channels()),)
