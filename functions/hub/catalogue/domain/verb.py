"""What a rule does when it matches: the verbs of `then` and the words that each takes."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.catalogue.domain.row_reader import A_NAME, AN_EVENT_TYPE, EVENT_TYPE, NAME
from hub.catalogue.domain.template import PURPOSES
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted
from hub.kernel.duration import duration
from hub.model.channels import MESSAGES, OUTBOUND
from hub.profile.domain.traits import TRAIT_BLOCKS

BEST = "best"
LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Verb:
    """`do` is one of `VERBS`; `words` are the others of its map, as the row has them."""

    do: str
    words: Mapping[str, Any]


Reading = Callable[[Any], str | None]
"""Takes what a word says and gives what is wrong with it."""


def _text(reading: Callable[[str], str | None] = lambda _: None) -> Reading:
    def read(word: Any) -> str | None:
        if isinstance(word, str) and word:
            wrong = reading(word)
            return f"{quoted(word)} {wrong}" if wrong else None
        return f"is {quoted(word)}: it wants a text"

    return read


def _matching(pattern: re.Pattern[str], wanted: str) -> Reading:
    return _text(lambda text: None if pattern.fullmatch(text) else f"is not {wanted}")


def _lasting(text: str) -> str | None:
    try:
        duration(text)
    except ValueError as wrong:
        return str(wrong)
    return None


def _one_of(*known: str) -> Reading:
    def read(text: str) -> str | None:
        close = did_you_mean(nearest(text, known))
        return None if text in known else f"is not one of {', '.join(known)}{close}"

    return _text(read)


def _channels(*known: str) -> Reading:
    def read(word: Any) -> str | None:
        if word == BEST:
            return None
        if not isinstance(word, list) or not word:
            return f"is {quoted(word)}: it wants {BEST} or a list of {', '.join(known)}"
        return next(filter(None, map(_one_of(*known), word)), None)

    return read


def _amount(word: Any) -> str | None:
    right = type(word) in (int, float) and 0 <= word <= 10**9
    return None if right else f"is {quoted(word)}: it wants a number that is not negative"


def _trait(text: str) -> str | None:
    block, _, name = text.partition(".")
    if block in TRAIT_BLOCKS - {"consent"} and NAME.fullmatch(name) and "." not in name:
        return None
    close = did_you_mean(nearest(block, TRAIT_BLOCKS))
    return f"is no field of a customer that a rule may set, such as interests.coffee{close}"


def _scalar(word: Any) -> str | None:
    if type(word) in (int, float, bool) or (isinstance(word, str) and len(word) <= LONGEST_TEXT):
        return None
    return f"is {quoted(word)}: it wants a text, a number, true or false"


def _values(word: Any) -> str | None:
    right = isinstance(word, Mapping) and all(
        type(v) in (int, float, bool, str) for v in word.values()
    )
    return None if right else f"is {quoted(word)}: it wants a map of texts, numbers, true or false"


def _facts(word: Any) -> str | None:
    if isinstance(word, Mapping) and not any(map(_scalar, word.values())):
        return None
    return f"is {quoted(word)}: it wants a map of texts and numbers"


OUR_OWN = (
    *("action.", "customer.erased", "customer.merged", "decision.", "mart.", "offer."),
    "response.",
)
"""How the events begin that the hub alone may tell of itself."""


def _new_event(text: str) -> str | None:
    if not EVENT_TYPE.fullmatch(text):
        return f"is not {AN_EVENT_TYPE}"
    return "is the hub's own: take another name" if text.startswith(OUR_OWN) else None


_name = _matching(NAME, A_NAME)
_event = _matching(EVENT_TYPE, AN_EVENT_TYPE)
_length = _text(_lasting)


@dataclass(frozen=True, slots=True)
class Words:
    """Of `either` exactly one is wanted."""

    wanted: Mapping[str, Reading] = field(default_factory=dict)
    optional: Mapping[str, Reading] = field(default_factory=dict)
    either: Mapping[str, Reading] = field(default_factory=dict)


_MESSAGE: Mapping[str, Reading] = {
    "answer_within": _length,
    "expires": _length,
    "goal": _event,
    "category": _name,
    "value": _amount,
}
_TO_A_SYSTEM = Words(
    {"connector": _name},
    {
        "operation": _name,
        "fields": _values,
        "channel": _one_of(*OUTBOUND),
        "purpose": _one_of(*PURPOSES),
        "expires": _length,
    },
)
VERBS: Mapping[str, Words] = {
    "send": Words(
        {"template": _name},
        _MESSAGE,
        either={"channel": _one_of(*MESSAGES, BEST), "channels": _channels(*MESSAGES)},
    ),
    "offer": Words(
        optional={
            "answer_within": _length,
            "placement": _name,
            "channels": _channels(*OUTBOUND),
            "expires": _length,
        },
        either={"tag": _name, "offer": _name},
    ),
    "call": Words({"queue": _name, "template": _name, "reason": _text()}, _MESSAGE),
    "update": _TO_A_SYSTEM,
    "notify": _TO_A_SYSTEM,
    "append": Words({"dataset": _name}),
    "set": Words({"trait": _text(_trait), "value": _scalar}),
    "wait": Words({"for": _length, "then": _text(_new_event)}),
    "emit": Words({"event": _text(_new_event)}, {"properties": _facts}),
    "suppress": Words(
        {"for": _length}, either={"category": _name, "goal": _event, "strategy": _name}
    ),
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
    problems = [f"{place} {do}: {problem}" for problem in _word_problems(VERBS[do], entry)]
    words = {str(name): word for name, word in entry.items() if name != "do"}
    return (None if problems else Verb(do, words)), problems


def wanted_channels(words: Mapping[str, Any], every: tuple[str, ...]) -> tuple[str, ...]:
    """Those that a verb names, or `every` one where the best is wanted."""
    said = words.get("channel") or words.get("channels") or BEST
    if said == BEST:
        return every
    return (said,) if isinstance(said, str) else tuple(said)


def _word_problems(words: Words, entry: Mapping[Any, Any]) -> Iterator[str]:
    for name in words.wanted.keys() - entry.keys():
        yield f"{name} is missing"
    if words.either and (said := words.either.keys() & entry.keys()) and len(said) > 1:
        yield f"{' and '.join(sorted(said))} are one too many"
    elif words.either and not said:
        yield f"{' or '.join(words.either)} is missing"
    known = {**words.wanted, **words.optional, **words.either}
    for name, word in entry.items():
        if name == "do":
            continue
        if name not in known:
            close = did_you_mean(nearest(str(name), known))
            yield f"there is no word {quoted(name)}{close}"
        elif wrong := known[name](word):
            yield f"{name} {wrong}"
