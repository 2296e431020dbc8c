"""The typed fields that expressions may name, from the JSON Schemas of customer, events and
surroundings.

Only the fields that a schema names exist. With `additionalProperties: {...}` any other name is a
field of that schema. An object without named properties may hold anything, and so may an event type
without a schema.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Self

from hub.kernel.json_types import Json, JsonObject

BLOCKS = (
    "contact",
    "person",
    "place",
    "loyalty",
    "purchases",
    "engagement",
    "service",
    "interests",
    "attitudes",
    "consent",
    "dialogues",
)
SURROUNDINGS_BLOCKS = ("stock", "queues", "promotions")


class FieldKind(StrEnum):
    """The kind of a field's value, in the words of a problem."""

    NUMBER = "a number"
    TEXT = "a text"
    FLAG = "true or false"
    MOMENT = "a date"
    LIST = "a list"
    BLOCK = "a block of fields"
    CURRENCY = "a currency"
    ANY = "anything"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `values` are the only texts it can hold, if the schema lists them. A block has
    `members`; `rest` is the field of any other name in it."""

    kind: FieldKind
    values: tuple[str, ...] = ()
    members: Mapping[str, "Field"] = field(default_factory=dict)
    rest: "Field | None" = None

    def member(self, name: str) -> "Field | None":
        """The field of this name in the block; None if there is none."""
        if self.kind is FieldKind.ANY:
            return self
        return self.members.get(name, self.rest)

    def can_hold(self, value: object) -> bool:
        """Whether a text, number or flag is of the field's kind. Any other value passes."""
        if type(value) not in _KINDS_BY_TYPE or self.kind not in _KINDS_BY_TYPE[type(value)]:
            return type(value) not in _KINDS_BY_TYPE
        return not self.values or value in self.values

    def list_paths(self, prefix: str) -> Iterator[str]:
        """Yields the dotted names of all named fields below, each after `prefix`."""
        for name, member in self.members.items():
            yield f"{prefix}.{name}"
            yield from member.list_paths(f"{prefix}.{name}")


_KINDS_BY_TYPE: Mapping[type, frozenset[FieldKind]] = {
    str: frozenset({FieldKind.TEXT, FieldKind.MOMENT, FieldKind.CURRENCY, FieldKind.ANY}),
    int: frozenset({FieldKind.NUMBER, FieldKind.ANY}),
    float: frozenset({FieldKind.NUMBER, FieldKind.ANY}),
    bool: frozenset({FieldKind.FLAG, FieldKind.ANY}),
}
ANY = Field(FieldKind.ANY)
TEXT = Field(FieldKind.TEXT)
MOMENT = Field(FieldKind.MOMENT)
_ENVELOPE = {"id": TEXT, "type": TEXT, "source": TEXT, "occurred_at": MOMENT, "received_at": MOMENT}
ENVELOPE = (*_ENVELOPE, "properties", "context")


def _make_open_block(names: Iterable[str]) -> Field:
    return Field(FieldKind.BLOCK, members=dict.fromkeys(names, ANY))


@dataclass(frozen=True, slots=True)
class FieldTypes:
    """The fields of customers, of each event type and of the surroundings.

    `properties` are those of the current event: anything if it may be any event. `happening` says
    that there is a current event and that surroundings are known. Without arguments, all blocks
    exist and hold anything."""

    customer: Field = field(default_factory=partial(_make_open_block, BLOCKS))
    events: Mapping[str, Field] = field(default_factory=dict)
    properties: Field = ANY
    surroundings: Field = field(default_factory=partial(_make_open_block, SURROUNDINGS_BLOCKS))
    happening: bool = True

    def for_event(self, event_type: str) -> Self:
        """The fields of an expression whose current event is of this type."""
        return replace(self, properties=self.events.get(event_type, ANY))

    def for_customers(self) -> Self:
        """The fields of an expression about customers alone, without a current event."""
        return replace(self, happening=False)

    def roots(self) -> Mapping[str, Field]:
        """The fields that a path may start with, by name."""
        if not self.happening:
            return MappingProxyType({"customer": self.customer, "now": MOMENT})
        members = {**_ENVELOPE, "properties": self.properties, "context": ANY}
        event = Field(FieldKind.BLOCK, members=members)
        roots = {"customer": self.customer, "event": event, "now": MOMENT}
        return MappingProxyType({**roots, "surroundings": self.surroundings})


def build_field_types(
    customer_schema: JsonObject,
    event_schemas: Mapping[str, JsonObject],
    surroundings_schema: JsonObject,
) -> FieldTypes:
    """Builds the fields; `event_schemas` is event type -> JSON Schema of its properties."""
    return FieldTypes(
        customer=_build_field(customer_schema, customer_schema),
        events={name: _build_field(schema, schema) for name, schema in event_schemas.items()},
        surroundings=_build_field(surroundings_schema, surroundings_schema),
    )


_KINDS = {
    "string": FieldKind.TEXT,
    "number": FieldKind.NUMBER,
    "integer": FieldKind.NUMBER,
    "boolean": FieldKind.FLAG,
    "array": FieldKind.LIST,
}


def _build_field(schema: Json, root: JsonObject) -> Field:
    schema = _resolve_reference(schema, root)
    kind = _find_kind(schema)
    if kind is FieldKind.BLOCK:
        return _build_block(schema, root)
    texts = tuple(value for value in schema.get("enum", ()) if isinstance(value, str))
    return Field(kind, values=texts if kind is FieldKind.TEXT else ())


def _build_block(schema: JsonObject, root: JsonObject) -> Field:
    rest = schema.get("additionalProperties")
    named = schema.get("properties")
    if named is None and not isinstance(rest, Mapping):
        return ANY
    members = {name: _build_field(member, root) for name, member in (named or {}).items()}
    other = _build_field(rest, root) if isinstance(rest, Mapping) else None
    return Field(FieldKind.BLOCK, members=members, rest=other)


def _find_kind(schema: JsonObject) -> FieldKind:
    declared = schema.get("type", "object" if "properties" in schema else ())
    types = {declared} if isinstance(declared, str) else set(declared)
    types -= {"null"}
    if types == {"object"}:
        return FieldKind.BLOCK
    if types == {"string"} and schema.get("format") in ("date", "date-time"):
        return FieldKind.MOMENT
    kinds = {_KINDS.get(name, FieldKind.ANY) for name in types}
    return kinds.pop() if len(kinds) == 1 else FieldKind.ANY


def _resolve_reference(schema: Json, root: JsonObject) -> JsonObject:
    """Follows a reference within the same file; a schema that is no object may hold anything."""
    if not isinstance(schema, Mapping):
        return {}
    steps = str(schema.get("$ref", "")).removeprefix("#").strip("/").split("/")
    if steps == [""]:
        return schema
    target: Json = root
    for step in steps:
        target = target.get(step, {}) if isinstance(target, Mapping) else {}
    return _resolve_reference(target, root)
