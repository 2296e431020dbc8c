"""The events of a story, read from its row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hub.catalogue.domain.row_reader import AN_EVENT_TYPE, EVENT_TYPE_PATTERN, RowReader
from hub.expression.domain.field_types import Field, FieldTypes
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.json_types import Json, JsonObject

MAX_EVENTS = 20
AGO, AFTER = "ago", "after"
_WORDS = ("type", "properties", "context", "traits")


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """One event. `offset` is the time since the event before it or, for an earlier event, the time
    until now. Without a `type` only time passes."""

    type: str
    offset: timedelta = timedelta()
    properties: JsonObject = field(default_factory=dict)
    context: JsonObject = field(default_factory=dict)
    traits: Mapping[str, JsonObject] = field(default_factory=dict)


def read_story_events(
    reader: RowReader, place: str, value: Json, offset_word: str, types: FieldTypes
) -> Iterator[StoryEvent]:
    """Reads one event or a list of them and adds their problems to `reader`.

    An event may be its type alone. `offset_word` is the word of its offset: `AGO` or `AFTER`."""
    events = value if isinstance(value, list) else [value] if value not in (None, "", {}) else []
    if len(events) > MAX_EVENTS:
        reader.add_problem(f"{place} has {len(events)} events: it may have {MAX_EVENTS}")
        return
    for position, event in enumerate(events, start=1):
        at = f"{place}[{position}]" if isinstance(value, list) else place
        words = {"type": event} if isinstance(event, str) else event
        if isinstance(words, Mapping):
            inner = RowReader(words)
            yield _read_story_event(inner, offset_word, types)
            reader.problems += [f"{at}.{problem}" for problem in inner.problems]
        else:
            reader.add_problem(
                f"{at} is {quote_value(event)}: it must be a map such as {{'type': 'cart.left'}}"
            )


def _read_story_event(inner: RowReader, offset_word: str, types: FieldTypes) -> StoryEvent:
    words = inner.row
    only_time = offset_word == AFTER and AFTER in words and "type" not in words
    event = "" if only_time else inner.read_text("type", EVENT_TYPE_PATTERN, expected=AN_EVENT_TYPE)
    if offset_word == AGO and AGO not in words:
        inner.add_problem("ago is missing: how long before now, such as 3d")
    allowed_words = (*_WORDS, offset_word)
    for word in words.keys() - set(allowed_words):
        inner.add_problem(
            f"{word} is not known here{format_suggestion(find_nearest(str(word), allowed_words))}"
        )
    properties = read_map(inner, "properties")
    inner.problems += _find_unknown_properties(properties, types.for_event(event).properties)
    length = inner.read_duration(offset_word) or timedelta()
    return StoryEvent(event, length, properties, read_map(inner, "context"), _read_traits(inner))


def _read_traits(inner: RowReader) -> dict[str, JsonObject]:
    traits = read_map(inner, "traits")
    for block in [block for block, values in traits.items() if not isinstance(values, Mapping)]:
        inner.add_problem(
            f"traits.{block} is {quote_value(traits[block])}: it must be a map of its fields"
        )
    return {block: values for block, values in traits.items() if isinstance(values, Mapping)}


def read_map(inner: RowReader, name: str) -> JsonObject:
    """Reads a map, empty if absent; adds a problem if the value is no map."""
    value = inner.row.get(name, {})
    if isinstance(value, Mapping):
        return value
    inner.add_problem(f"{name} is {quote_value(value)}: it must be a map")
    return {}


def _find_unknown_properties(properties: JsonObject, declared: Field) -> Iterator[str]:
    for name in properties:
        if declared.member(str(name)) is None:
            close = format_suggestion(find_nearest(str(name), declared.members))
            yield f"properties.{name} is not known{close}"
