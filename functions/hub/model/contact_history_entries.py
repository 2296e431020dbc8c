"""The entries of a contact history. Each reads and writes the JSON form that is stored."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from hub.kernel.json_types import Json, JsonObject


class Contact(NamedTuple):
    """A marketing message that was decided, or an offer that was seen on a page. It is stored as a
    list in this order. `at` is in milliseconds of the Unix epoch; what does not apply is empty."""

    at: int
    channel: str
    category: str
    offer: str
    action_id: str


class ExperimentMembership(NamedTuple):
    """The arm of an experiment in which the customer is. It is stored as a list in this order.
    `since` and `decided_at` are in ISO 8601, `goal` is what their arm is measured by."""

    since: str
    held_out: bool
    goal: str
    decided_at: str
    converted: bool


@dataclass(frozen=True, slots=True)
class Impression:
    """The last time that an offer was seen, and in which action. `exposure` is the JSON form of
    `hub.learning.domain.feedback.Exposure`."""

    action_id: str
    exposure: JsonObject

    @property
    def at(self) -> str:
        at: str = self.exposure["at"]
        return at

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        exposure = {name: value for name, value in data.items() if name != "id"}
        return cls(data["id"], exposure)

    def to_dict(self) -> dict[str, Json]:
        return {**self.exposure, "id": self.action_id}


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that the call centre has or will get. `action` is the JSON form of its action, without
    what only the script needs. `reference` names the task in the call centre, once `is_delivered`;
    it is None where the call centre gave no name."""

    action: JsonObject
    reference: str | None = None
    is_delivered: bool = False

    @property
    def expires_at(self) -> str:
        expires_at: str = self.action["expires_at"]
        return expires_at

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        action = {name: value for name, value in data.items() if name != "reference"}
        return cls(action, data.get("reference"), "reference" in data)

    def to_dict(self) -> dict[str, Json]:
        delivered = {"reference": self.reference} if self.is_delivered else {}
        return {**self.action, **delivered}
