"""What a story expects, read from its row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub.catalogue.domain.row_reader import RowReader
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.json_types import Json
from hub.publishing.domain.stories.story_event import read_map

MESSAGE_FIELDS = ("rule", "offer", "channel", "template", "queue", "connector")
MessageFields = Mapping[str, str]
"""Fields of a message: its rule, its offer and so on. A field that is not named may be any."""
_THEN_WORDS = ("said", "not", "states", "waits", "emits", "nothing")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a story expects. `states` is strategy -> state, empty for a dialogue that has not begun.
    `waits` and `emits` are event types. `nothing` is no message, no wait and no event."""

    messages: tuple[MessageFields, ...] = ()
    unwanted_messages: tuple[MessageFields, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    waits: tuple[str, ...] = ()
    emits: tuple[str, ...] = ()
    nothing: bool = False


def read_expectation(reader: RowReader) -> Expectation:
    """Reads `then` and adds its problems to `reader`."""
    then = reader.row.get("then")
    if not isinstance(then, Mapping) or not then:
        reason = "is missing" if then in (None, "", {}) else f"is {quote_value(then)}"
        reader.add_problem(f"then {reason}: it must be a map of {', '.join(_THEN_WORDS)}")
        return Expectation()
    inner = RowReader(then)
    for word in then.keys() - set(_THEN_WORDS):
        inner.add_problem(
            f"{word} is not known here{format_suggestion(find_nearest(str(word), _THEN_WORDS))}"
        )
    expected = Expectation(
        messages=tuple(_read_messages(inner, "said")),
        unwanted_messages=tuple(_read_messages(inner, "not")),
        states=_read_states(inner),
        waits=inner.read_names("waits"),
        emits=inner.read_names("emits"),
        nothing=_read_nothing(inner),
    )
    if expected.nothing and (expected.messages or expected.waits or expected.emits):
        inner.add_problem("nothing is true, so leave out said, waits and emits")
    reader.problems += [f"then.{problem}" for problem in inner.problems]
    return expected


def _read_nothing(inner: RowReader) -> bool:
    value = inner.row.get("nothing")
    if value is not None and value is not True:
        inner.add_problem(f"nothing is {quote_value(value)}: it must be true, or leave it out")
    return value is True


def _read_messages(inner: RowReader, name: str) -> Iterator[MessageFields]:
    """Reads one message or a list of them."""
    value: Json = inner.row.get(name)
    messages = value if isinstance(value, list) else [value] if value not in (None, "") else []
    for position, words in enumerate(messages, start=1):
        place = f"{name}[{position}]" if isinstance(value, list) else name
        if not isinstance(words, Mapping) or not words:
            inner.add_problem(
                f"{place} is {quote_value(words)}: it must be a map of {', '.join(MESSAGE_FIELDS)}"
            )
            continue
        for word, text in words.items():
            if word not in MESSAGE_FIELDS:
                close = format_suggestion(find_nearest(str(word), MESSAGE_FIELDS))
                inner.add_problem(f"{place}.{word} is not known here{close}")
            elif not isinstance(text, str) or not text:
                inner.add_problem(f"{place}.{word} is {quote_value(text)}: it must be a text")
        yield {str(word): str(text) for word, text in words.items()}


def _read_states(inner: RowReader) -> Mapping[str, str]:
    states = read_map(inner, "states")
    for strategy, state in states.items():
        if not isinstance(state, str):
            inner.add_problem(f"states.{strategy} is {quote_value(state)}: it must be a text")
    return {str(strategy): str(state) for strategy, state in states.items()}
