"""What a rule does when it matches: the verbs of `then` and the words that each takes."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.catalogue.domain.row_reader import A_NAME, AN_EVENT_TYPE, EVENT_TYPE_PATTERN, NAME_PATTERN
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.duration import parse_duration
from hub.model.channels import MESSAGE_CHANNELS, OUTBOUND_CHANNELS, PURPOSES
from hub.profile.domain.traits import TRAIT_BLOCKS

BEST = "best"
LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Verb:
    """`do` is one of `VERBS`; `words` are the others of its map, as the row has them."""

    do: str
    words: Mapping[str, Any]


CheckWord = Callable[[Any], str | None]
"""Takes what a word says and gives what is wrong with it."""


def _make_text_check(reading: Callable[[str], str | None] = lambda _: None) -> CheckWord:
    def read(word: Any) -> str | None:
        if isinstance(word, str) and word:
            wrong = reading(word)
            return f"{quote_value(word)} {wrong}" if wrong else None
        return f"is {quote_value(word)}: it wants a text"

    return read


def _make_pattern_check(pattern: re.Pattern[str], wanted: str) -> CheckWord:
    return _make_text_check(lambda text: None if pattern.fullmatch(text) else f"is not {wanted}")


def _check_duration(text: str) -> str | None:
    try:
        parse_duration(text)
    except ValueError as wrong:
        return str(wrong)
    return None


def _make_choice_check(*known: str) -> CheckWord:
    def read(text: str) -> str | None:
        close = format_suggestion(find_nearest(text, known))
        return None if text in known else f"is not one of {', '.join(known)}{close}"

    return _make_text_check(read)


def _make_channels_check(*known: str) -> CheckWord:
    def read(word: Any) -> str | None:
        if word == BEST:
            return None
        if not isinstance(word, list) or not word:
            return f"is {quote_value(word)}: it wants {BEST} or a list of {', '.join(known)}"
        return next(filter(None, map(_make_choice_check(*known), word)), None)

    return read


def _check_amount(word: Any) -> str | None:
    right = type(word) in (int, float) and 0 <= word <= 10**9
    return None if right else f"is {quote_value(word)}: it wants a number that is not negative"


def _check_trait(text: str) -> str | None:
    block, _, name = text.partition(".")
    if block in TRAIT_BLOCKS - {"consent"} and NAME_PATTERN.fullmatch(name) and "." not in name:
        return None
    close = format_suggestion(find_nearest(block, TRAIT_BLOCKS))
    return f"is no field of a customer that a rule may set, such as interests.coffee{close}"


def _check_scalar(word: Any) -> str | None:
    if type(word) in (int, float, bool) or (isinstance(word, str) and len(word) <= LONGEST_TEXT):
        return None
    return f"is {quote_value(word)}: it wants a text, a number, true or false"


def _check_values(word: Any) -> str | None:
    right = isinstance(word, Mapping) and all(
        type(v) in (int, float, bool, str) for v in word.values()
    )
    return (
        None
        if right
        else f"is {quote_value(word)}: it wants a map of texts, numbers, true or false"
    )


def _check_properties(word: Any) -> str | None:
    if isinstance(word, Mapping) and not any(map(_check_scalar, word.values())):
        return None
    return f"is {quote_value(word)}: it wants a map of texts and numbers"


RESERVED_EVENT_PREFIXES = (
    *("action.", "customer.erased", "customer.merged", "decision.", "mart.", "offer."),
    "response.",
)
"""How the events begin that the hub alone may tell of itself."""


def _check_new_event_type(text: str) -> str | None:
    if not EVENT_TYPE_PATTERN.fullmatch(text):
        return f"is not {AN_EVENT_TYPE}"
    return (
        "is the hub's own: take another name" if text.startswith(RESERVED_EVENT_PREFIXES) else None
    )


_name_check = _make_pattern_check(NAME_PATTERN, A_NAME)
_event_type_check = _make_pattern_check(EVENT_TYPE_PATTERN, AN_EVENT_TYPE)
_duration_check = _make_text_check(_check_duration)


@dataclass(frozen=True, slots=True)
class VerbWords:
    """Of `either` exactly one is wanted."""

    wanted: Mapping[str, CheckWord] = field(default_factory=dict)
    optional: Mapping[str, CheckWord] = field(default_factory=dict)
    either: Mapping[str, CheckWord] = field(default_factory=dict)


_MESSAGE_WORDS: Mapping[str, CheckWord] = {
    "answer_within": _duration_check,
    "expires": _duration_check,
    "goal": _event_type_check,
    "category": _name_check,
    "value": _check_amount,
}
_CONNECTOR_WORDS = VerbWords(
    {"connector": _name_check},
    {
        "operation": _name_check,
        "fields": _check_values,
        "channel": _make_choice_check(*OUTBOUND_CHANNELS),
        "purpose": _make_choice_check(*PURPOSES),
        "expires": _duration_check,
    },
)
VERBS: Mapping[str, VerbWords] = {
    "send": VerbWords(
        {"template": _name_check},
        _MESSAGE_WORDS,
        either={
            "channel": _make_choice_check(*MESSAGE_CHANNELS, BEST),
            "channels": _make_channels_check(*MESSAGE_CHANNELS),
        },
    ),
    "offer": VerbWords(
        optional={
            "answer_within": _duration_check,
            "placement": _name_check,
            "channels": _make_channels_check(*OUTBOUND_CHANNELS),
            "expires": _duration_check,
        },
        either={"tag": _name_check, "offer": _name_check},
    ),
    "call": VerbWords(
        {"queue": _name_check, "template": _name_check, "reason": _make_text_check()},
        _MESSAGE_WORDS,
    ),
    "update": _CONNECTOR_WORDS,
    "notify": _CONNECTOR_WORDS,
    "append": VerbWords({"dataset": _name_check}),
    "set": VerbWords({"trait": _make_text_check(_check_trait), "value": _check_scalar}),
    "wait": VerbWords({"for": _duration_check, "then": _make_text_check(_check_new_event_type)}),
    "emit": VerbWords(
        {"event": _make_text_check(_check_new_event_type)}, {"properties": _check_properties}
    ),
    "suppress": VerbWords(
        {"for": _duration_check},
        either={"category": _name_check, "goal": _event_type_check, "strategy": _name_check},
    ),
}


def read_verb(place: str, entry: object) -> tuple[Verb | None, list[str]]:
    """The verb, or the problems, each beginning with `place` (`then[1]`)."""
    if not isinstance(entry, Mapping):
        return None, [
            f"{place} is {quote_value(entry)}: it wants a map such as {{'do': 'send', ...}}"
        ]
    do = entry.get("do")
    if not isinstance(do, str) or do not in VERBS:
        close = find_nearest(do, VERBS) if isinstance(do, str) else None
        if "do" not in entry:
            return None, [f"{place} has no do: it is one of {', '.join(VERBS)}"]
        return None, [
            f"{place} there is no verb {quote_value(do)}{format_suggestion(close and repr(close))}"
        ]
    problems = [f"{place} {do}: {problem}" for problem in _find_word_problems(VERBS[do], entry)]
    words = {str(name): word for name, word in entry.items() if name != "do"}
    return (None if problems else Verb(do, words)), problems


def select_channels(words: Mapping[str, Any], every: tuple[str, ...]) -> tuple[str, ...]:
    """Those that a verb names, or `every` one where the best is wanted."""
    said = words.get("channel") or words.get("channels") or BEST
    if said == BEST:
        return every
    return (said,) if isinstance(said, str) else tuple(said)


def _find_word_problems(words: VerbWords, entry: Mapping[Any, Any]) -> Iterator[str]:
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
            close = format_suggestion(find_nearest(str(name), known))
            yield f"there is no word {quote_value(name)}{close}"
        elif wrong := known[name](word):
            yield f"{name} {wrong}"
