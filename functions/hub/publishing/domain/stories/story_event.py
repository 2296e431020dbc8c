"""The events of a story, as its row tells them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.catalogue.domain.row_reader import AN_EVENT_TYPE, EVENT_TYPE, RowReader
from hub.expression.domain.field_types import Field, FieldTypes
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted

MOST_EVENTS = 20
AGO, AFTER = "ago", "after"
_WORDS = ("type", "properties", "context", "traits")


@dataclass(frozen=True, slots=True)
class Happening:
    """An event `apart` from the one before it or, an earlier one, from now. Without a `type` only
    time passes."""

    type: str
    apart: timedelta = timedelta()
    properties: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def happenings(
    reader: RowReader, place: str, said: Any, apart: str, types: FieldTypes
) -> Iterator[Happening]:
    """One event or a list of them; an event may be its type alone. `apart` is the word for how far
    it lies from the others."""
    found = said if isinstance(said, list) else [said] if said not in (None, "", {}) else []
    if len(found) > MOST_EVENTS:
        reader.say(f"{place} has {len(found)} events: it may have {MOST_EVENTS}")
        return
    for position, one in enumerate(found, start=1):
        at = f"{place}[{position}]" if isinstance(said, list) else place
        words = {"type": one} if isinstance(one, str) else one
        if isinstance(words, Mapping):
            inner = RowReader(words)
            yield _happening(inner, apart, types)
            reader.problems += [f"{at}.{problem}" for problem in inner.problems]
        else:
            reader.say(f"{at} is {quoted(one)}: it wants a map such as {{'type': 'cart.left'}}")


def _happening(inner: RowReader, apart: str, types: FieldTypes) -> Happening:
    words = inner.row
    passing = apart == AFTER and AFTER in words and "type" not in words
    event = "" if passing else inner.text("type", EVENT_TYPE, wanted=AN_EVENT_TYPE)
    if apart == AGO and AGO not in words:
        inner.say("ago is missing: how long before now, such as 3d")
    known = (*_WORDS, apart)
    for word in words.keys() - set(known):
        inner.say(f"{word} is not known here{did_you_mean(nearest(str(word), known))}")
    properties = a_map(inner, "properties")
    inner.problems += _unknown(properties, types.for_event(event).properties)
    length = inner.lasting(apart) or timedelta()
    return Happening(event, length, properties, a_map(inner, "context"), _traits(inner))


def _traits(inner: RowReader) -> dict[str, Mapping[str, Any]]:
    said = a_map(inner, "traits")
    for block in [block for block, values in said.items() if not isinstance(values, Mapping)]:
        inner.say(f"traits.{block} is {quoted(said[block])}: it wants a map of its fields")
    return {block: values for block, values in said.items() if isinstance(values, Mapping)}


def a_map(inner: RowReader, name: str) -> Mapping[str, Any]:
    said = inner.row.get(name, {})
    if isinstance(said, Mapping):
        return said
    inner.say(f"{name} is {quoted(said)}: it wants a map")
    return {}


def _unknown(properties: Mapping[str, Any], declared: Field) -> Iterator[str]:
    for name in properties:
        if declared.member(str(name)) is None:
            close = did_you_mean(nearest(str(name), declared.members))
            yield f"properties.{name} is not known{close}"
