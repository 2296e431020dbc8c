"""What an action is to do: send a message, place a call, call a connector, append a record, or
withdraw a call. It is the member `what` of an action's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from hub.kernel.json_types import JsonObject
from hub.model.channels import CALL_CHANNEL, CONNECTOR_CHANNEL, WAREHOUSE_CHANNEL

WITHDRAWN_ACTION = "withdraws"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """`words` are the members that only templates read: the other words of the rule, and members
    that this release does not know. A member that is absent from the JSON is empty."""

    members: ClassVar[tuple[str, ...]]
    reported: ClassVar[tuple[str, ...]]
    """The members that the action's outcome repeats."""

    words: JsonObject = field(default_factory=dict)

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Raises TypeError for what is no JSON object."""
        if not isinstance(data, Mapping):
            raise TypeError(f"what is no object: {data!r}")
        members: dict[str, Any] = {name: data[name] for name in cls.members if name in data}
        return cls(words={n: v for n, v in data.items() if n not in members}, **members)

    def to_dict(self) -> dict[str, Any]:
        return {**self.words, **self._list_members(self.members)}

    def list_reported(self) -> dict[str, Any]:
        return self._list_members(self.reported)

    def _list_members(self, names: tuple[str, ...]) -> dict[str, Any]:
        return {name: value for name in names if (value := getattr(self, name)) not in ("", None)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(_Content):
    """A template to render and send. `offer` is what the template may quote of the offer."""

    members: ClassVar[tuple[str, ...]] = ("template", "purpose", "offer")
    reported: ClassVar[tuple[str, ...]] = ("template", "purpose")

    template: str = ""
    purpose: str = ""
    offer: JsonObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(_Content):
    """A task in a queue of the call centre. The template makes the script, `reason` tells the agent
    why the customer is called."""

    members: ClassVar[tuple[str, ...]] = ("queue", "template", "purpose", "reason", "offer")
    reported: ClassVar[tuple[str, ...]] = ("template", "queue", "purpose")

    queue: str = ""
    template: str = ""
    purpose: str = ""
    reason: str = ""
    offer: JsonObject | None = None

    def without_script(self) -> "Call":
        """The part by which an open call is checked and withdrawn later."""
        return Call(queue=self.queue, template=self.template, purpose=self.purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorCall(_Content):
    """An operation of a connector. `fields` may be Liquid. `channel` and `purpose` are there where
    the system itself writes to people."""

    members: ClassVar[tuple[str, ...]] = ("connector", "operation", "fields", "channel", "purpose")
    reported: ClassVar[tuple[str, ...]] = ("connector", "purpose")

    connector: str = ""
    operation: str = ""
    fields: JsonObject | None = None
    channel: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(_Content):
    """The event, appended to a dataset of the warehouse."""

    members: ClassVar[tuple[str, ...]] = ("dataset",)
    reported: ClassVar[tuple[str, ...]] = ("dataset",)
    purpose: ClassVar[str] = ""

    dataset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(_Content):
    """Takes a call back. `withdraws` is the id of its action, `task` the call centre's id of it."""

    members: ClassVar[tuple[str, ...]] = (WITHDRAWN_ACTION, "task", "queue")
    reported: ClassVar[tuple[str, ...]] = ("queue", WITHDRAWN_ACTION)
    purpose: ClassVar[str] = ""

    withdraws: str
    task: str = ""
    queue: str = ""


ActionContent = Message | Call | ConnectorCall | Record | Withdrawal


def content_from_dict(channel: str, data: JsonObject) -> ActionContent:
    """The content of an action on the channel. Raises TypeError for what is no JSON object."""
    if channel == CALL_CHANNEL:
        return (Withdrawal if WITHDRAWN_ACTION in data else Call).from_dict(data)
    return _CONTENT_BY_CHANNEL.get(channel, Message).from_dict(data)


_CONTENT_BY_CHANNEL: Mapping[str, type[ConnectorCall | Record]] = {
    CONNECTOR_CHANNEL: ConnectorCall,
    WAREHOUSE_CHANNEL: Record,
}
