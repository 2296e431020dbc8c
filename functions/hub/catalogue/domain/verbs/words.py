"""The kinds of words that verbs take, each with a check and a JSON Schema."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.catalogue.domain.row_reader import A_NAME, AN_EVENT_TYPE, EVENT_TYPE_PATTERN, NAME_PATTERN
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value
from hub.kernel.duration import parse_duration
from hub.kernel.json_types import Json, JsonObject
from hub.model.channels import MESSAGE_CHANNELS, OUTBOUND_CHANNELS, PURPOSES
from hub.profile.domain.traits import TRAIT_BLOCKS

BEST = "best"
LONGEST_TEXT = 1000
LONGEST_FIELD = 32_000
RESERVED_EVENT_PREFIXES = (
    *("action.", "customer.erased", "customer.merged", "decision.", "mart.", "offer."),
    "response.",
)
"""The event types that begin so may be sent only by the hub itself."""

CheckWord = Callable[[Json], str | None]
"""Takes the value of a word and returns its problem, or None."""
CheckText = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Word:
    """`check` and `schema` describe the same values. Marketers read the problems that `check`
    finds, and editors of rows use `schema`."""

    check: CheckWord
    schema: JsonObject


def _make_text_check(check: CheckText = lambda _: None) -> CheckWord:
    def check_word(value: Json) -> str | None:
        if isinstance(value, str) and value:
            problem = check(value)
            return f"{quote_value(value)} {problem}" if problem else None
        return f"is {quote_value(value)}: it must be a text"

    return check_word


def _make_pattern_check(pattern: re.Pattern[str], expected: str) -> CheckWord:
    return _make_text_check(lambda text: None if pattern.fullmatch(text) else f"is not {expected}")


def _make_choice_check(*choices: str) -> CheckWord:
    def check_choice(text: str) -> str | None:
        suggestion = format_suggestion(find_nearest(text, choices))
        return None if text in choices else f"is not one of {', '.join(choices)}{suggestion}"

    return _make_text_check(check_choice)


def _make_channels_check(*channels: str) -> CheckWord:
    check_channel = _make_choice_check(*channels)

    def check_channels(value: Json) -> str | None:
        if value == BEST:
            return None
        if not isinstance(value, list) or not value:
            return f"is {quote_value(value)}: it must be {BEST} or a list of {', '.join(channels)}"
        return next(filter(None, map(check_channel, value)), None)

    return check_channels


def _check_duration(text: str) -> str | None:
    try:
        parse_duration(text)
    except ValueError as error:
        return str(error)
    return None


def _check_amount(value: Json) -> str | None:
    is_amount = type(value) in (int, float) and 0 <= value <= 10**9
    return (
        None if is_amount else f"is {quote_value(value)}: it must be a number that is not negative"
    )


def _check_trait(text: str) -> str | None:
    block, _, name = text.partition(".")
    if block in TRAIT_BLOCKS - {"consent"} and NAME_PATTERN.fullmatch(name) and "." not in name:
        return None
    suggestion = format_suggestion(find_nearest(block, TRAIT_BLOCKS))
    return f"is no field of a customer that a rule may set, such as interests.coffee{suggestion}"


def _check_scalar(value: Json) -> str | None:
    if type(value) in (int, float, bool) or (isinstance(value, str) and len(value) <= LONGEST_TEXT):
        return None
    return f"is {quote_value(value)}: it must be a text, a number, true or false"


def _check_fields(value: Json) -> str | None:
    if isinstance(value, Mapping) and all(
        type(field) in (int, float, bool, str) for field in value.values()
    ):
        return None
    return f"is {quote_value(value)}: it must be a map of texts, numbers, true or false"


def _check_properties(value: Json) -> str | None:
    if isinstance(value, Mapping) and not any(map(_check_scalar, value.values())):
        return None
    return f"is {quote_value(value)}: it must be a map of texts and numbers"


def _check_new_event_type(text: str) -> str | None:
    if not EVENT_TYPE_PATTERN.fullmatch(text):
        return f"is not {AN_EVENT_TYPE}"
    if text.startswith(RESERVED_EVENT_PREFIXES):
        return "is reserved for the hub: choose another name"
    return None


def _refer_to(definition: str) -> JsonObject:
    return {"$ref": f"#/$defs/{definition}"}


def _build_scalar_schema(longest: int) -> dict[str, Any]:
    return {"type": ["string", "number", "boolean"], "maxLength": longest}


def _build_map_schema(longest: int) -> JsonObject:
    return {"type": "object", "additionalProperties": _build_scalar_schema(longest)}


NAME = Word(_make_pattern_check(NAME_PATTERN, A_NAME), _refer_to("name"))
EVENT_TYPE = Word(_make_pattern_check(EVENT_TYPE_PATTERN, AN_EVENT_TYPE), _refer_to("event"))
NEW_EVENT_TYPE = Word(_make_text_check(_check_new_event_type), _refer_to("event"))
"""The type of an event that a rule sends."""
DURATION = Word(_make_text_check(_check_duration), _refer_to("length"))
TEXT = Word(_make_text_check(), {"type": "string", "minLength": 1})
AMOUNT = Word(_check_amount, {"type": "number", "minimum": 0})
PURPOSE = Word(_make_choice_check(*PURPOSES), {"enum": list(PURPOSES)})
TRAIT = Word(_make_text_check(_check_trait), {"type": "string"})
SCALAR = Word(_check_scalar, _build_scalar_schema(LONGEST_TEXT))
FIELDS = Word(_check_fields, _build_map_schema(LONGEST_FIELD))
PROPERTIES = Word(_check_properties, _build_map_schema(LONGEST_TEXT))
MESSAGE_CHANNEL = Word(
    _make_choice_check(*MESSAGE_CHANNELS, BEST), {"enum": [*MESSAGE_CHANNELS, BEST]}
)
REACHED_CHANNEL = Word(_make_choice_check(*OUTBOUND_CHANNELS), _refer_to("name"))
MESSAGE_CHANNELS_LIST = Word(_make_channels_check(*MESSAGE_CHANNELS), _refer_to("channels"))
OUTBOUND_CHANNELS_LIST = Word(_make_channels_check(*OUTBOUND_CHANNELS), _refer_to("channels"))
