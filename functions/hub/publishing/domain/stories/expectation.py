"""What is to come of a story, as its row tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.catalogue.domain.row_reader import RowReader
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.publishing.domain.stories.story_event import read_map

MESSAGE_FIELDS = ("rule", "offer", "channel", "template", "queue", "connector")
MessageFields = Mapping[str, str]
"""Of a message: which rule says it, which offer it makes ... What is not named may be any."""
_THEN_WORDS = ("said", "not", "states", "waits", "emits", "nothing")


@dataclass(frozen=True, slots=True)
class Expectation:
    """`states` is strategy -> state, empty for a dialogue that has not begun; `waits` and `emits`
    are event types; `nothing` is no message, no wait and no event."""

    messages: tuple[MessageFields, ...] = ()
    unwanted_messages: tuple[MessageFields, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    waits: tuple[str, ...] = ()
    emits: tuple[str, ...] = ()
    nothing: bool = False


def read_expectation(reader: RowReader) -> Expectation:
    """What is wrong is said to `reader`."""
    said = reader.row.get("then")
    if not isinstance(said, Mapping) or not said:
        what = "is missing" if said in (None, "", {}) else f"is {quote_value(said)}"
        reader.add_problem(f"then {what}: it wants a map of {', '.join(_THEN_WORDS)}")
        return Expectation()
    inner = RowReader(said)
    for word in said.keys() - set(_THEN_WORDS):
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
        inner.add_problem("nothing is expected, and something too")
    reader.problems += [f"then.{problem}" for problem in inner.problems]
    return expected


def _read_nothing(inner: RowReader) -> bool:
    said = inner.row.get("nothing")
    if said is not None and said is not True:
        inner.add_problem(f"nothing is {quote_value(said)}: it wants to be true, or to be left out")
    return said is True


def _read_messages(inner: RowReader, name: str) -> Iterator[MessageFields]:
    """One message or a list of them."""
    said: Any = inner.row.get(name)
    found = said if isinstance(said, list) else [said] if said not in (None, "") else []
    for position, words in enumerate(found, start=1):
        place = f"{name}[{position}]" if isinstance(said, list) else name
        if not isinstance(words, Mapping) or not words:
            inner.add_problem(
                f"{place} is {quote_value(words)}: it wants a map of {', '.join(MESSAGE_FIELDS)}"
            )
            continue
        for word, value in words.items():
            if word not in MESSAGE_FIELDS:
                close = format_suggestion(find_nearest(str(word), MESSAGE_FIELDS))
                inner.add_problem(f"{place}.{word} is not known here{close}")
            elif not isinstance(value, str) or not value:
                inner.add_problem(f"{place}.{word} is {quote_value(value)}: it wants a text")
        yield {str(word): str(value) for word, value in words.items()}


def _read_states(inner: RowReader) -> Mapping[str, str]:
    said = read_map(inner, "states")
    for strategy, state in said.items():
        if not isinstance(state, str):
            inner.add_problem(f"states.{strategy} is {quote_value(state)}: it wants a text")
    return {str(strategy): str(state) for strategy, state in said.items()}
