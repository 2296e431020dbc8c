"""The canonical event: what happened, and to whom.

`schemas/events/event.schema.json` describes its JSON form. `from_dict` and `to_dict` are inverse
to each other: `extra` keeps the fields that the hub does not know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Protocol, Self

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso
from hub.model.trust import Trust

SCHEMA_VERSION = 1
MOST_AHEAD = timedelta(days=1)
"""How far the clock of a source may be ahead of the hub's."""
MAX_HOPS = 8
"""Rules are executed up to this number of hops. The hub's own events of one more hop say how an
action ended; they are recorded, and no rule is executed."""
LEFT_OUT = "left_out"
"""The field of the context with what the source stated and what does not count: field -> reason."""
HUB_SOURCE = "segue"
"""The source of the events that the hub itself creates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one customer.

    `traits` says who the person is, by block of the customer (`{"contact": {"email": ...}}`);
    `properties` says what happened; `context` says where it came from. `hops` counts the
    decisions since something from outside or the end of a wait led to this event. Money is in minor
    units of its currency. `trust` is the level of whoever stated the event, and `unproven` the keys
    that they named without a proof: these lead to no customer.
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
    trust: Trust = Trust.TRUSTED
    unproven: Mapping[str, str] = field(default_factory=dict)
    extra: JsonObject = field(default_factory=dict)

    @property
    def began_at(self) -> datetime:
        """When it happened. For the end of a wait it is the time of the event that began the
        wait."""
        since = self.context.get("since") if self.source == HUB_SOURCE else None
        return parse_time(since) if since else self.occurred_at

    @property
    def path(self) -> Sequence[str]:
        """The ids of the rules that led to the event."""
        path: Sequence[str] = self.context.get("path", ())
        return path

    @property
    def loop(self) -> str:
        """Says which rules cause each other in a loop; empty while the event may have rules."""
        if self.hops <= MAX_HOPS:
            return ""
        return f"{self.hops} hops: rules cause each other in a loop: {' > '.join(self.path)}"

    @property
    def effective_at(self) -> datetime:
        """When the source stated it, but not after the hub received it.

        The limit is there because a source's clock that is ahead must not overrule later events.
        """
        return min(self.occurred_at, self.received_at)

    def find_effective_at(self, field: str) -> datetime:
        """When the source stated the field (`consent.email.marketing`), at the latest
        `effective_at`.

        A whole record that was changed for another reason says so in `context.stated_at`.
        """
        stated_at = self.context.get("stated_at", {}).get(field)
        return min(parse_time(stated_at), self.effective_at) if stated_at else self.effective_at

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Reads the JSON form. Raises `Rejected` with the field that is missing or malformed."""
        if (version := data.get("schema_version", SCHEMA_VERSION)) != SCHEMA_VERSION:
            raise Rejected(f"schema version {version} is not known", "schema_version")
        if not isinstance(data.get("hops", 0), int):
            raise Rejected("is no whole number", "hops")
        try:
            declared = {name: data[name] for name in _DECLARED_FIELDS if name in data}
            for name in ("occurred_at", "received_at"):
                declared[name] = parse_time(declared[name])
            if "trust" in declared:
                declared["trust"] = Trust(declared["trust"])
            extra = {name: data[name] for name in data if name not in _DECLARED_FIELDS}
            return cls(**declared, extra=extra)
        except KeyError as missing:
            raise Rejected("is missing", missing.args[0]) from missing
        except (TypeError, ValueError) as wrong:
            raise Rejected(f"is not a canonical event: {wrong}") from wrong

    def to_dict(self) -> dict[str, Json]:
        data = {name: getattr(self, name) for name in _DECLARED_FIELDS}
        data["occurred_at"] = to_iso(self.occurred_at)
        data["received_at"] = to_iso(self.received_at)
        if self.trust is Trust.TRUSTED:
            del data["trust"]
        if not self.unproven:
            del data["unproven"]
        return {**self.extra, **data}


_DECLARED_FIELDS = tuple(f.name for f in fields(Event) if f.name != "extra")


class Cause(Protocol):
    """The cause of an event of the hub: an event or an action."""

    @property
    def customer_id(self) -> str: ...

    @property
    def correlation_id(self) -> str: ...

    @property
    def hops(self) -> int: ...


def follow_up(
    cause: Cause,
    *,
    type: str,  # noqa: A002 - as in Event
    id: str,  # noqa: A002 - as in Event
    at: datetime,
    properties: JsonObject,
    context: JsonObject,
    customer_id: str | None = None,
    received_at: datetime | None = None,
    added_hops: int = 1,
    begins_anew: bool = False,
) -> Event:
    """Creates the hub's own event that follows from `cause`, with its correlation id.

    It is about the cause's customer unless `customer_id` names another one. `received_at` is `at`
    by default. `added_hops` is 0 for an event that continues its cause. An event
    that `begins_anew`, because time has passed, has no hops.
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
        hops=0 if begins_anew else min(cause.hops + added_hops, MAX_HOPS + 1),
    )
