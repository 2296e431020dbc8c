"""The events of a story, as its row tells them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hub.catalogue.domain.row_reader import AN_EVENT_TYPE, EVENT_TYPE_PATTERN, RowReader
from hub.expression.domain.field_types import Field, FieldTypes
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value

MAX_EVENTS = 20
AGO, AFTER = "ago", "after"
_WORDS = ("type", "properties", "context", "traits")


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """An event `apart` from the one before it or, an earlier one, from now. Without a `type` only
    time passes."""

    type: str
    offset: timedelta = timedelta()
    properties: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_story_events(
    reader: RowReader, place: str, value: Any, offset_word: str, types: FieldTypes
) -> Iterator[StoryEvent]:
    """One event or a list of them; an event may be its type alone. `apart` is the word for how far
    it lies from the others."""
    found = value if isinstance(value, list) else [value] if value not in (None, "", {}) else []
    if len(found) > MAX_EVENTS:
        reader.add_problem(f"{place} has {len(found)} events: it may have {MAX_EVENTS}")
        return
    for position, one in enumerate(found, start=1):
        at = f"{place}[{position}]" if isinstance(value, list) else place
        words = {"type": one} if isinstance(one, str) else one
        if isinstance(words, Mapping):
            inner = RowReader(words)
            yield _read_story_event(inner, offset_word, types)
            reader.problems += [f"{at}.{problem}" for problem in inner.problems]
        else:
            reader.add_problem(
                f"{at} is {quote_value(one)}: it wants a map such as {{'type': 'cart.left'}}"
            )


def _read_story_event(inner: RowReader, offset_word: str, types: FieldTypes) -> StoryEvent:
    words = inner.row
    passing = offset_word == AFTER and AFTER in words and "type" not in words
    event = "" if passing else inner.read_text("type", EVENT_TYPE_PATTERN, wanted=AN_EVENT_TYPE)
    if offset_word == AGO and AGO not in words:
        inner.add_problem("ago is missing: how long before now, such as 3d")
    known = (*_WORDS, offset_word)
    for word in words.keys() - set(known):
        inner.add_problem(
            f"{word} is not known here{format_suggestion(find_nearest(str(word), known))}"
        )
    properties = read_map(inner, "properties")
    inner.problems += _find_unknown_properties(properties, types.for_event(event).properties)
    length = inner.read_duration(offset_word) or timedelta()
    return StoryEvent(event, length, properties, read_map(inner, "context"), _read_traits(inner))


def _read_traits(inner: RowReader) -> dict[str, Mapping[str, Any]]:
    said = read_map(inner, "traits")
    for block in [block for block, values in said.items() if not isinstance(values, Mapping)]:
        inner.add_problem(
            f"traits.{block} is {quote_value(said[block])}: it wants a map of its fields"
        )
    return {block: values for block, values in said.items() if isinstance(values, Mapping)}


def read_map(inner: RowReader, name: str) -> Mapping[str, Any]:
    said = inner.row.get(name, {})
    if isinstance(said, Mapping):
        return said
    inner.add_problem(f"{name} is {quote_value(said)}: it wants a map")
    return {}


def _find_unknown_properties(properties: Mapping[str, Any], declared: Field) -> Iterator[str]:
    for name in properties:
        if declared.member(str(name)) is None:
            close = format_suggestion(find_nearest(str(name), declared.members))
            yield f"properties.{name} is not known{close}"
