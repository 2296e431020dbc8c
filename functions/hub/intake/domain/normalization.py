"""Reading what a source sent: from its own words to the canonical event, or why that cannot be."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import orjson

from hub.intake.domain.source_definition import EventTypeDefinition, SourceDefinition
from hub.kernel.errors import Rejected
from hub.kernel.event_type_names import to_event_type
from hub.kernel.jmespath_mapping import Mapper
from hub.kernel.times import parse_time
from hub.model.event import Event
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload

_GROUPS = ("identities", "traits", "properties", "context")
_LONGEST_QUOTE = 60
MOST_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """The first fault that a schema finds: where, and what in plain words."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources and their schemas. `check` takes a schema's name, `shop/cart.left`."""

    find: Callable[[str], SourceDefinition | None]
    check: Callable[[str, Any], SchemaProblem | None]


def normalize_payload(
    payload: InboundPayload, sources: Sources, fetch_body: Callable[[str], bytes]
) -> Event:
    """Reads a delivery, fetching its body where that is kept aside. Raises `Rejected`."""
    if (source := sources.find(payload.source)) is None:
        raise Rejected(f"there is no source {payload.source}", "source")
    if payload.claim:
        payload = replace(payload, payload=orjson.loads(fetch_body(payload.claim)))
    return map_payload(source, payload, sources.check)


def map_payload(
    source: SourceDefinition,
    delivery: InboundPayload,
    check: Callable[[str, Any], SchemaProblem | None],
) -> Event:
    """The canonical event in a delivery, still without its customer. Raises `Rejected`."""
    payload, mapper = delivery.payload, Mapper(source.tables, delivery.received_at)
    entry = _entry(source, mapper.evaluate(source.event_type, payload, source.event_type))
    if problem := check(f"{source.name}/{entry.schema}", payload):
        raise Rejected(problem.reason, problem.field)
    mapped = mapper.evaluate_tree(entry.map, payload)
    if (size := len(orjson.dumps(mapped))) > LARGEST_ON_BUS:
        raise Rejected(f"maps to an event of {size} bytes, the most is {LARGEST_ON_BUS}")
    occurred_at = _parse_occurred_at(mapped.pop("occurred_at", None))
    if occurred_at > delivery.received_at + MOST_AHEAD:
        raise Rejected("lies more than a day ahead", "occurred_at")
    return Event(
        id=f"{source.name}:{_id(source, delivery, mapper)}",
        type=_type(entry, mapper, payload),
        source=source.name,
        occurred_at=occurred_at,
        received_at=delivery.received_at,
        correlation_id=delivery.correlation_id,
        **_groups(mapped),
    )


def _id(source: SourceDefinition, delivery: InboundPayload, mapper: Mapper) -> str:
    """A bus numbers an event anew when it is told again."""
    where = source.bus.delivery_id if source.bus else ""
    found = mapper.evaluate(where, delivery.payload, where) if where else None
    return found if found and isinstance(found, str) else delivery.id


def _entry(source: SourceDefinition, found: Any) -> EventTypeDefinition:
    known = f"known are {', '.join(sorted(source.types))}"
    if not isinstance(found, str):
        raise Rejected(f"names no event type; {known}", source.event_type)
    if found in source.ignored:
        raise Rejected(source.ignored[found], source.event_type)
    if found not in source.types:
        quoted = found[:_LONGEST_QUOTE]
        raise Rejected(f"event type {quoted!r} is not mapped; {known}", source.event_type)
    return source.types[found]


def _type(entry: EventTypeDefinition, mapper: Mapper, payload: Any) -> str:
    if not entry.named:
        return entry.type
    name = mapper.evaluate(entry.named, payload, entry.named)
    if not isinstance(name, str) or not name.strip():
        raise Rejected("names no event", entry.named)
    return to_event_type(entry.type, name)


def _parse_occurred_at(value: Any) -> Any:
    if not isinstance(value, str):
        raise Rejected("is missing", "occurred_at")
    try:
        return parse_time(value)
    except (OverflowError, ValueError) as wrong:
        raise Rejected("is no ISO 8601 time", "occurred_at") from wrong


def _groups(mapped: dict[str, Any]) -> dict[str, Any]:
    for name, value in mapped.items():
        if name not in _GROUPS or not isinstance(value, dict):
            raise Rejected(f"is no group of an event; groups are {', '.join(_GROUPS)}", name)
    for namespace, value in mapped.get("identities", {}).items():
        if not isinstance(value, str):
            raise Rejected("is no text", f"identities.{namespace}")
    return mapped
