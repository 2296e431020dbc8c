"""What became of a decision: its message was reviewed, discarded, or led to what it was for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso
from hub.model.action_trace import Trace
from hub.model.event import Event

OutcomeKind = Literal["reviewed", "discarded", "converted"]
OUTCOME_KINDS: tuple[OutcomeKind, ...] = ("reviewed", "discarded", "converted")
_KIND_BY_EVENT_TYPE: Mapping[str, OutcomeKind] = {
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
_KIND_BY_CALL_OUTCOME: Mapping[str, OutcomeKind] = {
    "reached": "reviewed",
    "callback": "reviewed",
    "declined": "discarded",
    "sold": "converted",
}
VIEW_EVENT_TYPES = frozenset({"email.opened", "message.read", "offer.viewed"})
"""A look at a message, which mail programs take by themselves: no response to it."""


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """One of these words on a decision's record, at its earliest time. `trace` says whose."""

    trace: Trace
    kind: OutcomeKind
    at: datetime

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        return cls(Trace(**data["trace"]), data["word"], parse_time(data["at"]))

    def to_dict(self) -> dict[str, Json]:
        return {"trace": self.trace.to_dict(), "word": self.kind, "at": to_iso(self.at)}


def classify_outcome(event: Event) -> OutcomeKind | None:
    """What the event, which answers a message, tells of it."""
    said = event.properties
    if event.type == "call.completed":
        return _KIND_BY_CALL_OUTCOME.get(str(said.get("outcome", "")))
    if said.get("by_machine") is True:
        return None
    if str(said.get("asks", "")).upper() == "STOP":
        return "discarded"
    return _KIND_BY_EVENT_TYPE.get(event.type)


def is_response(event: Event) -> bool:
    """Whether somebody did something about the message, and not only saw it."""
    return classify_outcome(event) is not None and event.type not in VIEW_EVENT_TYPES
