"""The verbs that ask to send something to the customer. Arbitration chooses among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hub.catalogue.domain.verbs.verb import Verb
from hub.catalogue.domain.verbs.words import AMOUNT, BEST, DURATION, EVENT_TYPE, NAME, Word

ChannelsWord = str | list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageVerb(Verb):
    """`expires` is how long after the decision the message may be sent, `answer_within` how long a
    response to it is awaited. Both are durations such as `3d`."""

    identifying_words: ClassVar[tuple[str, ...]] = ()
    """The words that say what is asked for."""

    answer_within: str | None = None
    expires: str | None = None

    @property
    def is_message(self) -> bool:
        """Whether it asks for something that reaches the customer, and so passes the gates."""
        return True

    def derive_name(self) -> str:
        """Derives a name from what is asked for, such as `send letter email`.

        It stays the same if the verb moves in its rule, or if its other words change."""
        given = (word for name in self.identifying_words if (word := getattr(self, name)))
        words = (word if isinstance(word, str) else ",".join(word) for word in given)
        return " ".join((self.do, *words))


TEMPLATE_WORDS: Mapping[str, Word] = {
    "answer_within": DURATION,
    "expires": DURATION,
    "goal": EVENT_TYPE,
    "category": NAME,
    "value": AMOUNT,
}
"""The optional words of a verb that names a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateVerb(MessageVerb):
    """Sends a template that is part of no offer. `value` is what a response brings, in minor
    units."""

    template: str
    goal: str | None = None
    category: str | None = None
    value: float | None = None


def choose_channels(word: ChannelsWord, channels: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the channels that the word names; all of `channels` if it is absent or `best`."""
    if word is None or word == BEST:
        return channels
    return (word,) if isinstance(word, str) else tuple(word)
