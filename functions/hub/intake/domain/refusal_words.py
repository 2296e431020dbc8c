"""Words by which people refuse messages on the channel where they write them: STOP and others.

One list counts for all channels and languages (`schemas/sources/refusals.json`), because nobody
knows in which language somebody refuses. Its English words are those of the CTIA's Messaging
Principles and of 47 CFR 64.1200(a)(10).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub.kernel.json_types import JsonObject
from hub.model.channels import CHANNELS, PURPOSES
from hub.model.event import Event

STOP = "STOP"
_RECEIVED = "message.received"
_MARKETING = PURPOSES[0]
_LONGEST = 100


class RefusalWords:
    """`words` are single words or whole sentences."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = frozenset(_to_letters(word) for word in words) - {""}

    def __contains__(self, text: object) -> bool:
        """Whether the text is one of them and nothing else, in whichever spelling."""
        return isinstance(text, str) and len(text) <= _LONGEST and _to_letters(text) in self._words


NO_REFUSAL_WORDS = RefusalWords()


def parse_refusal_words(data: JsonObject) -> RefusalWords:
    """Reads the file: `words` is language -> words."""
    return RefusalWords(word for words in data["words"].values() for word in words)


def note_refusal(event: Event, words: RefusalWords) -> Event:
    """Withdraws the consent to marketing on the channel of a message that refuses it.

    The message does so by its text or the payload of a button, or because the vendor says so:
    `asks` is STOP.
    """
    properties = event.properties
    if event.type != _RECEIVED or not (
        str(properties.get("asks", "")).upper() == STOP
        or properties.get("text") in words
        or properties.get("payload") in words
    ):
        return event
    channel = properties.get("channel")
    refused = replace(event, properties={**properties, "asks": STOP})
    if not isinstance(channel, str) or _MARKETING not in _list_purposes(channel):
        return refused
    consent = {**_to_mapping(event.traits.get("consent"))}
    consent[channel] = {**_to_mapping(consent.get(channel)), _MARKETING: False}
    return replace(refused, traits={**event.traits, "consent": consent})


def _list_purposes(channel: str) -> tuple[str, ...]:
    return CHANNELS[channel].purposes if channel in CHANNELS else ()


def _to_mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _to_letters(text: str) -> str:
    """Leaves letters and digits, without case and accents: `Opt-out!` and `OPT OUT` are one."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if char.isalnum())
