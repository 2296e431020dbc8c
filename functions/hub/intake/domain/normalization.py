"""Normalization: maps a source's payload to a canonical event, or says why it cannot."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from hub.intake.domain.contact_spelling import normalize_contact
from hub.intake.domain.refusal_words import NO_REFUSAL_WORDS, RefusalWords, note_refusal
from hub.intake.domain.source_definition import EventTypeDefinition, SourceDefinition
from hub.kernel.errors import Rejected
from hub.kernel.event_type_names import to_event_type
from hub.kernel.jmespath_mapping import Mapper
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.safe_id import to_opaque_id
from hub.kernel.times import parse_time
from hub.model.event import MOST_AHEAD, Event
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload

_GROUPS = ("identities", "traits", "properties", "context")
_LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """The first fault that a schema finds: the field, and a reason for people."""

    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources and their schemas. `check` takes a schema's name, `shop/cart.left`. `refusals`
    are the words by which people refuse messages."""

    find: Callable[[str], SourceDefinition | None]
    check: Callable[[str, Json], SchemaProblem | None]
    refusals: RefusalWords = NO_REFUSAL_WORDS


def normalize_payload(
    payload: InboundPayload, sources: Sources, fetch_body: Callable[[str], bytes]
) -> Event:
    """Maps a payload, and fetches its body from the claim check if needed. Raises `Rejected`."""
    if payload.fault:
        raise Rejected(payload.fault, payload.fault_field)
    if (source := sources.find(payload.source)) is None:
        raise Rejected(f"there is no source {payload.source}", "source")
    if payload.claim:
        payload = replace(payload, payload=orjson.loads(fetch_body(payload.claim)))
    return note_refusal(map_payload(source, payload, sources.check), sources.refusals)


def map_payload(
    source: SourceDefinition,
    inbound: InboundPayload,
    check: Callable[[str, Json], SchemaProblem | None],
) -> Event:
    """Returns the canonical event of a payload, without its customer. Raises `Rejected`."""
    payload, mapper = inbound.payload, Mapper(source.tables, inbound.received_at)
    source_type = mapper.evaluate(source.event_type, payload, source.event_type)
    definition = _find_definition(source, source_type)
    if problem := check(f"{source.name}/{definition.schema}", payload):
        raise Rejected(problem.reason, problem.field)
    mapped = mapper.evaluate_tree(definition.map, payload)
    if (size := len(orjson.dumps(mapped))) > LARGEST_ON_BUS:
        raise Rejected(f"maps to an event of {size} bytes, at most {LARGEST_ON_BUS} are allowed")
    occurred_at = _parse_time(mapped.pop("occurred_at", None), "occurred_at")
    if occurred_at > inbound.received_at + MOST_AHEAD:
        raise Rejected("is more than a day in the future", "occurred_at")
    return Event(
        id=f"{source.name}:{_find_delivery_id(source, inbound, mapper)}",
        type=_build_event_type(definition, mapper, payload),
        source=source.name,
        occurred_at=occurred_at,
        received_at=inbound.received_at,
        correlation_id=inbound.correlation_id,
        trust=inbound.trust or source.trust,
        **_check_groups(mapped),
    )


def _find_delivery_id(source: SourceDefinition, inbound: InboundPayload, mapper: Mapper) -> str:
    """Reads the id from an event of a bus, because a bus gives a repeated event a new id."""
    path = source.bus.delivery_id if source.bus else ""
    delivery_id = mapper.evaluate(path, inbound.payload, path) if path else None
    is_text = isinstance(delivery_id, str) and delivery_id
    return to_opaque_id(str(delivery_id)) if is_text else inbound.id


def _find_definition(source: SourceDefinition, source_type: Json) -> EventTypeDefinition:
    known_types = f"known are {', '.join(sorted(source.types))}"
    if not isinstance(source_type, str):
        raise Rejected(f"does not name an event type; {known_types}", source.event_type)
    if source_type in source.ignored:
        raise Rejected(source.ignored[source_type], source.event_type)
    if source_type not in source.types:
        quote = source_type[:_LONGEST_QUOTE]
        raise Rejected(f"event type {quote!r} is not mapped; {known_types}", source.event_type)
    return source.types[source_type]


def _build_event_type(definition: EventTypeDefinition, mapper: Mapper, payload: Json) -> str:
    if not definition.named:
        return definition.type
    name = mapper.evaluate(definition.named, payload, definition.named)
    if not isinstance(name, str) or not name.strip():
        raise Rejected("does not name an event", definition.named)
    return to_event_type(definition.type, name)


def _parse_time(value: Json, field: str) -> datetime:
    if not isinstance(value, str):
        raise Rejected("is missing", field)
    try:
        return parse_time(value)
    except (OverflowError, ValueError) as error:
        raise Rejected("is not an ISO 8601 time", field) from error


def _check_stated_times(context: JsonObject) -> None:
    times = context.get("stated_at", {})
    if not isinstance(times, dict):
        raise Rejected("is not field -> time", "context.stated_at")
    for field, at in times.items():
        _parse_time(at, f"context.stated_at.{field}")


def _check_groups(mapped: dict[str, Json]) -> dict[str, Json]:
    for name, value in mapped.items():
        if name not in _GROUPS or not isinstance(value, dict):
            raise Rejected(f"is not a group of an event; groups are {', '.join(_GROUPS)}", name)
    for namespace, value in mapped.get("identities", {}).items():
        if not isinstance(value, str):
            raise Rejected("is not a text", f"identities.{namespace}")
    _check_stated_times(mapped.get("context", {}))
    return (
        {**mapped, "traits": normalize_contact(mapped["traits"])} if "traits" in mapped else mapped
    )
