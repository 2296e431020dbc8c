"""What is to come of a story, as its row tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.catalogue.domain.row_reader import RowReader
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.publishing.domain.stories.story_event import a_map

WORDS = ("rule", "offer", "channel", "template", "queue", "connector")
Words = Mapping[str, str]
"""Of a message: which rule says it, which offer it makes ... What is not named may be any."""
_THEN = ("said", "not", "states", "waits", "emits", "nothing")


@dataclass(frozen=True, slots=True)
class Expected:
    """`states` is strategy -> state, empty for a dialogue that has not begun; `waits` and `emits`
    are event types; `nothing` is no message, no wait and no event."""

    said: tuple[Words, ...] = ()
    unsaid: tuple[Words, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    waits: tuple[str, ...] = ()
    emits: tuple[str, ...] = ()
    nothing: bool = False


def read_expected(reader: RowReader) -> Expected:
    """What is wrong is said to `reader`."""
    said = reader.row.get("then")
    if not isinstance(said, Mapping) or not said:
        what = "is missing" if said in (None, "", {}) else f"is {quoted(said)}"
        reader.say(f"then {what}: it wants a map of {', '.join(_THEN)}")
        return Expected()
    inner = RowReader(said)
    for word in said.keys() - set(_THEN):
        inner.say(f"{word} is not known here{did_you_mean(nearest(str(word), _THEN))}")
    expected = Expected(
        said=tuple(_messages(inner, "said")),
        unsaid=tuple(_messages(inner, "not")),
        states=_states(inner),
        waits=inner.names("waits"),
        emits=inner.names("emits"),
        nothing=_nothing(inner),
    )
    if expected.nothing and (expected.said or expected.waits or expected.emits):
        inner.say("nothing is expected, and something too")
    reader.problems += [f"then.{problem}" for problem in inner.problems]
    return expected


def _nothing(inner: RowReader) -> bool:
    said = inner.row.get("nothing")
    if said is not None and said is not True:
        inner.say(f"nothing is {quoted(said)}: it wants to be true, or to be left out")
    return said is True


def _messages(inner: RowReader, name: str) -> Iterator[Words]:
    """One message or a list of them."""
    said: Any = inner.row.get(name)
    found = said if isinstance(said, list) else [said] if said not in (None, "") else []
    for position, words in enumerate(found, start=1):
        place = f"{name}[{position}]" if isinstance(said, list) else name
        if not isinstance(words, Mapping) or not words:
            inner.say(f"{place} is {quoted(words)}: it wants a map of {', '.join(WORDS)}")
            continue
        for word, value in words.items():
            if word not in WORDS:
                close = did_you_mean(nearest(str(word), WORDS))
                inner.say(f"{place}.{word} is not known here{close}")
            elif not isinstance(value, str) or not value:
                inner.say(f"{place}.{word} is {quoted(value)}: it wants a text")
        yield {str(word): str(value) for word, value in words.items()}


def _states(inner: RowReader) -> Mapping[str, str]:
    said = a_map(inner, "states")
    for strategy, state in said.items():
        if not isinstance(state, str):
            inner.say(f"states.{strategy} is {quoted(state)}: it wants a text")
    return {str(strategy): str(state) for strategy, state in said.items()}
