"""The canonical event: what happened, to whom, as every later step reads it.

Its JSON form is described by `schemas/events/event.schema.json`; `from_dict` and `to_dict` are
each other's inverse, and fields that the hub does not know are kept in `extra`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol, Self

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso

SCHEMA_VERSION = 1
MAX_HOPS = 8
HUB_SOURCE = "segue"
"""The source of the events that the hub itself creates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one customer.

    `traits` says who the person is, by block of the customer (`{"contact": {"email": ...}}`);
    `properties` says what happened; `context` says where it came from. `hops` counts the decisions
    on the way from the outside world to this event. Money is in minor units of its currency.
    """

    id: str
    type: str
    source: str
    occurred_at: datetime
    received_at: datetime
    correlation_id: str
    customer_id: str = ""
    identities: Mapping[str, str] = field(default_factory=dict)
    traits: Mapping[str, JsonObject] = field(default_factory=dict)
    properties: JsonObject = field(default_factory=dict)
    context: JsonObject = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION
    hops: int = 0
    extra: JsonObject = field(default_factory=dict)

    @property
    def began_at(self) -> datetime:
        """When it began: of the end of a wait, when that happened which began the wait."""
        since = self.context.get("since") if self.source == HUB_SOURCE else None
        return parse_time(since) if since else self.occurred_at

    @property
    def path(self) -> Sequence[str]:
        """The ids of the rules that led to it."""
        path: Sequence[str] = self.context.get("path", ())
        return path

    @property
    def effective_at(self) -> datetime:
        """When it was said, which is never after it was heard: a clock that is ahead must not
        outlast what is said later."""
        return min(self.occurred_at, self.received_at)

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Reads the JSON form. Raises `Rejected` naming the field that is missing or malformed."""
        if (version := data.get("schema_version", SCHEMA_VERSION)) != SCHEMA_VERSION:
            raise Rejected(f"schema version {version} is not known", "schema_version")
        hops = data.get("hops", 0)
        if not isinstance(hops, int) or hops > MAX_HOPS:
            path = " > ".join(data.get("context", {}).get("path", ()))
            raise Rejected(f"{hops} hops: rules answer each other in a circle: {path}", "hops")
        try:
            known = {name: data[name] for name in _DECLARED_FIELDS if name in data}
            for name in ("occurred_at", "received_at"):
                known[name] = parse_time(known[name])
            return cls(**known, extra={k: v for k, v in data.items() if k not in _DECLARED_FIELDS})
        except KeyError as missing:
            raise Rejected("is missing", missing.args[0]) from missing
        except (TypeError, ValueError) as wrong:
            raise Rejected(f"is not a canonical event: {wrong}") from wrong

    def to_dict(self) -> dict[str, Json]:
        data = {name: getattr(self, name) for name in _DECLARED_FIELDS}
        data["occurred_at"] = to_iso(self.occurred_at)
        data["received_at"] = to_iso(self.received_at)
        return {**self.extra, **data}


_DECLARED_FIELDS = tuple(f.name for f in fields(Event) if f.name != "extra")


class Cause(Protocol):
    """What an event of the hub follows from: an event or an action."""

    @property
    def customer_id(self) -> str: ...

    @property
    def correlation_id(self) -> str: ...

    @property
    def hops(self) -> int: ...


def follow_up(
    cause: Cause,
    *,
    type: str,  # noqa: A002  the names of the event's own fields
    id: str,  # noqa: A002
    at: datetime,
    properties: JsonObject,
    context: JsonObject,
    customer_id: str | None = None,
    received_at: datetime | None = None,
    added_hops: int = 1,
) -> Event:
    """The hub's own event that follows from `cause`, with its correlation id.

    It is about the cause's customer unless `customer_id` names another one. `received_at` is `at`
    unless it is given. `added_hops` is 0 for an event that goes on with its cause.
    """
    return Event(
        id=id,
        type=type,
        source=HUB_SOURCE,
        occurred_at=at,
        received_at=received_at or at,
        correlation_id=cause.correlation_id,
        customer_id=cause.customer_id if customer_id is None else customer_id,
        properties=properties,
        context=context,
        hops=cause.hops + added_hops,
    )
