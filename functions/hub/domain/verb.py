"""What a rule does when it matches: the verbs of `then` and the words that each takes."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.domain.duration import duration
from hub.domain.nearest import did_you_mean, nearest, quoted
from hub.domain.rows import A_NAME, AN_EVENT_TYPE, EVENT_TYPE, NAME

CHANNELS = ("email",)


@dataclass(frozen=True, slots=True)
class Verb:
    """`do` is one of `VERBS`; `words` are the others of its map, as the row has them."""

    do: str
    words: Mapping[str, Any]


Reading = Callable[[str], str | None]
"""Takes a word's text and gives what is wrong with it."""


def _matching(pattern: re.Pattern[str], wanted: str) -> Reading:
    return lambda text: None if pattern.fullmatch(text) else f"is not {wanted}"


def _lasting(text: str) -> str | None:
    try:
        duration(text)
    except ValueError as wrong:
        return str(wrong)
    return None


def _channel(text: str) -> str | None:
    if text in CHANNELS:
        return None
    return f"is not one of {', '.join(CHANNELS)}{did_you_mean(nearest(text, CHANNELS))}"


_name = _matching(NAME, A_NAME)
_event = _matching(EVENT_TYPE, AN_EVENT_TYPE)
VERBS: Mapping[str, Mapping[str, Reading]] = {
    "send": {"template": _name, "channel": _channel},
    "call": {"queue": _name, "template": _name, "reason": lambda _: None},
    "append": {"dataset": _name},
    "wait": {"for": _lasting, "then": _event},
}
OPTIONAL: Mapping[str, Mapping[str, Reading]] = {
    "send": {"expires": _lasting},
    "call": {"expires": _lasting},
}


def read_verb(place: str, entry: object) -> tuple[Verb | None, list[str]]:
    """The verb, or the problems, each beginning with `place` (`then[1]`)."""
    if not isinstance(entry, Mapping):
        return None, [f"{place} is {quoted(entry)}: it wants a map such as {{'do': 'send', ...}}"]
    do = entry.get("do")
    if not isinstance(do, str) or do not in VERBS:
        close = nearest(do, VERBS) if isinstance(do, str) else None
        if "do" not in entry:
            return None, [f"{place} has no do: it is one of {', '.join(VERBS)}"]
        return None, [f"{place} there is no verb {quoted(do)}{did_you_mean(close and repr(close))}"]
    problems = [f"{place} {do}: {problem}" for problem in _word_problems(do, entry)]
    words = {str(name): word for name, word in entry.items() if name != "do"}
    return (None if problems else Verb(do, words)), problems


def _word_problems(do: str, entry: Mapping[Any, Any]) -> Iterator[str]:
    wanted = VERBS[do]
    known = {**wanted, **OPTIONAL.get(do, {})}
    for name in wanted.keys() - entry.keys():
        yield f"{name} is missing"
    for name, word in entry.items():
        if name != "do":
            yield from _one_word(str(name), word, known)


def _one_word(name: str, word: object, known: Mapping[str, Reading]) -> Iterator[str]:
    reading = known.get(name)
    if reading is None:
        yield f"there is no word {quoted(name)}{did_you_mean(nearest(name, known))}"
    elif not isinstance(word, str) or not word:
        yield f"{name} is {quoted(word)}: it wants a text"
    elif wrong := reading(word):
        yield f"{name} {quoted(word)} {wrong}"
