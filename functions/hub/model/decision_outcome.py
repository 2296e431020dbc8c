"""What became of a decision: its message was reviewed, discarded, or led to what it was for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from hub.kernel.times import iso, moment
from hub.model.action_trace import Trace
from hub.model.event import Event

Word = Literal["reviewed", "discarded", "converted"]
WORDS: tuple[Word, ...] = ("reviewed", "discarded", "converted")
_TOLD: Mapping[str, Word] = {
    "email.clicked": "reviewed",
    "email.complained": "discarded",
    "email.opened": "reviewed",
    "email.unsubscribed": "discarded",
    "message.read": "reviewed",
    "message.received": "reviewed",
    "offer.accepted": "converted",
    "offer.clicked": "reviewed",
    "offer.dismissed": "discarded",
    "offer.viewed": "reviewed",
    "page.viewed": "reviewed",
    "product.viewed": "reviewed",
}
_CALLS: Mapping[str, Word] = {
    "reached": "reviewed",
    "callback": "reviewed",
    "declined": "discarded",
    "sold": "converted",
}
GLANCES = frozenset({"email.opened", "message.read", "offer.viewed"})
"""A look at a message, which mail programs take by themselves: no response to it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One of these words on a decision's record, at its earliest time. `trace` says whose."""

    trace: Trace
    word: Word
    at: datetime

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(Trace(**data["trace"]), data["word"], moment(data["at"]))

    def to_dict(self) -> dict[str, Any]:
        return {"trace": self.trace.to_dict(), "word": self.word, "at": iso(self.at)}


def word_for(event: Event) -> Word | None:
    """What the event, which answers a message, tells of it."""
    said = event.properties
    if event.type == "call.completed":
        return _CALLS.get(str(said.get("outcome", "")))
    if said.get("by_machine") is True:
        return None
    if str(said.get("asks", "")).upper() == "STOP":
        return "discarded"
    return _TOLD.get(event.type)


def is_response(event: Event) -> bool:
    """Whether somebody did something about the message, and not only saw it."""
    return word_for(event) is not None and event.type not in GLANCES
