"""Decision outcomes: the message of a decision was `reviewed`, `discarded` or `converted`."""

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
"""The events of opening a message. They are not responses, because mail programs open messages by
themselves."""


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """An outcome of the decision that `trace` names. The earliest time of each kind counts."""

    trace: Trace
    kind: OutcomeKind
    at: datetime

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        return cls(Trace(**data["trace"]), data["word"], parse_time(data["at"]))

    def to_dict(self) -> dict[str, Json]:
        return {"trace": self.trace.to_dict(), "word": self.kind, "at": to_iso(self.at)}


def classify_outcome(event: Event) -> OutcomeKind | None:
    """Returns the outcome that the event, a reaction to a message, means; None if it means none."""
    properties = event.properties
    if event.type == "call.completed":
        return _KIND_BY_CALL_OUTCOME.get(str(properties.get("outcome", "")))
    if properties.get("by_machine") is True:
        return None
    if str(properties.get("asks", "")).upper() == "STOP":
        return "discarded"
    return _KIND_BY_EVENT_TYPE.get(event.type)


def is_response(event: Event) -> bool:
    """Whether the event is a response: a reaction to the message, and not only a look at it."""
    return classify_outcome(event) is not None and event.type not in VIEW_EVENT_TYPES
