"""`offer`: the best of the offers with a tag, or one offer by its id."""

from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.message_verb import ChannelsWord, MessageVerb, choose_channels
from hub.catalogue.domain.verbs.verb import VerbWords
from hub.catalogue.domain.verbs.words import DURATION, NAME, OUTBOUND_CHANNELS_LIST
from hub.model.channels import OUTBOUND_CHANNELS


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeOffer(MessageVerb):
    """The rule gives `tag` or `offer`. With a `placement` only treatments for it are candidates."""

    do: ClassVar[str] = "offer"
    words: ClassVar[VerbWords] = VerbWords(
        either={"tag": NAME, "offer": NAME},
        optional={
            "placement": NAME,
            "channels": OUTBOUND_CHANNELS_LIST,
            "answer_within": DURATION,
            "expires": DURATION,
        },
    )
    rule_words: ClassVar[tuple[str, ...]] = ("tag", *words.optional)

    identifying_words: ClassVar[tuple[str, ...]] = ("tag", "offer", "placement", "channels")

    tag: str | None = None
    offer: str | None = None
    placement: str | None = None
    channels: ChannelsWord = None

    def list_channels(self) -> tuple[str, ...]:
        return choose_channels(self.channels, OUTBOUND_CHANNELS)
