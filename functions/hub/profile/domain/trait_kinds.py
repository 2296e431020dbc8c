"""The kinds of value that the hub reads in the fields of a profile, whoever states them.

A value of another kind is left out, so that nothing which reads the profile can fail on it.
`schemas/customer.schema.json` declares the same kinds.
"""

from collections.abc import Iterator, Mapping

from hub.kernel.json_types import Json, JsonObject
from hub.model.channels import CHANNELS, PURPOSES
from hub.profile.domain.json_size import measure_json

TEXT_FIELDS: frozenset[str] = frozenset(
    {
        *("contact.email", "contact.phone", "contact.push", "contact.messenger", "contact.x"),
        *("contact.fax", "contact.language"),
        *("person.title", "person.first_name", "person.last_name"),
        *("person.birthday", "person.anniversary"),
        *("place.recipient", "place.street", "place.postcode", "place.city", "place.country"),
        *("place.time_zone", "place.last_store"),
        *("loyalty.number", "loyalty.tier", "loyalty.since"),
    }
)
_ONLY_LIST = "preferred_channels"
TEXT_LIST_FIELDS: frozenset[str] = frozenset({f"contact.{_ONLY_LIST}"})
CONSENT = "consent"
_LARGEST_NUMBER = 10**18
LONGEST_NAME = 100
"""The most bytes of JSON of a field's name."""
LONGEST_VALUE = 2_000
"""The most bytes of JSON of one trait."""
_MOST_BYTES_OF_CHARACTER = 6
_MUST_BE_TEXT, _MUST_BE_TEXTS = "must be a text", "must be a list of texts"
_TOO_LONG = f"must be at most {LONGEST_VALUE} bytes of JSON"
_NAME_TOO_LONG = f"must have a name of at most {LONGEST_NAME} bytes of JSON"
_MUST_BE_MAP = "must be a map of fields"
_MUST_NAME_PURPOSE = "must name the purpose to which it is given"
FieldValue = tuple[tuple[str, ...], Json]
"""Block, field and, for consent, purpose; and the value."""


def list_fields(block: str, values: Json) -> Iterator[FieldValue]:
    """Yields the values of a block that the profile takes.

    A whole number for a text is its digits: sources write postcodes and membership numbers so. A
    refusal that names no purpose is one for every purpose; an agreement must name its purpose.
    """
    for path, value, problem in _examine_size(block, values):
        if not problem:
            yield path, value


def find_refusals(traits: JsonObject) -> dict[str, dict[str, Json]]:
    """Finds what the traits refuse, as channel -> purpose -> False.

    Only channels and purposes that the hub has count, so that nobody can name others without end.
    """
    refused: dict[str, dict[str, Json]] = {}
    for (_, channel, *purposes), agreed in list_fields(CONSENT, traits.get(CONSENT, {})):
        is_known = channel in CHANNELS and bool(purposes) and purposes[0] in PURPOSES
        if is_known and agreed is not None and not agreed:
            refused.setdefault(channel, {})[purposes[0]] = False
    return refused


def find_ignored_traits(traits: JsonObject) -> dict[str, str]:
    """Finds the fields of which the profile does not take the value: field -> what it must be."""
    return {
        ".".join(path): problem
        for block, values in traits.items()
        for path, _, problem in _examine_size(block, values)
        if problem
    }


def find_kind_problem(field: str, value: Json) -> str:
    """Finds what the value of a field (`contact.phone`) must be; empty if it is that."""
    if value is None:
        return ""
    if field in TEXT_FIELDS:
        return "" if isinstance(value, str) else _MUST_BE_TEXT
    if field in TEXT_LIST_FIELDS:
        is_list = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        return "" if is_list else _MUST_BE_TEXTS
    return ""


def is_longer(value: Json, most: int) -> bool:
    """Whether the JSON form of the value has more than `most` bytes."""
    if isinstance(value, str):
        if len(value) * _MOST_BYTES_OF_CHARACTER + 2 <= most:
            return False
    elif not isinstance(value, Mapping | list | tuple):
        return False
    return measure_json(value) > most


def _examine_size(block: str, values: Json) -> Iterator[tuple[tuple[str, ...], Json, str]]:
    """Yields what `_examine` yields; a name or value that is too long is a problem too.

    An answer on consent that is too long is none that agrees, so it is a refusal.
    """
    for path, value, problem in _examine(block, values):
        if any(is_longer(name, LONGEST_NAME) for name in path):
            yield tuple(name[:LONGEST_NAME] for name in path), value, _NAME_TOO_LONG
        elif not is_longer(value, LONGEST_VALUE):
            yield path, value, problem
        elif block == CONSENT and not problem:
            yield path, False, ""
        else:
            yield path, value, problem or _TOO_LONG


def _examine(block: str, values: Json) -> Iterator[tuple[tuple[str, ...], Json, str]]:
    """Yields each field with its value and what the value must be."""
    if not isinstance(values, Mapping):
        yield (block,), values, _MUST_BE_MAP
        return
    for name, value in values.items():
        if block == CONSENT:
            yield from _examine_consent(name, value)
            continue
        if type(value) is str and name != _ONLY_LIST:
            yield (block, name), value, ""
            continue
        field = f"{block}.{name}"
        stored = _to_digits(value) if field in TEXT_FIELDS else value
        yield (block, name), stored, find_kind_problem(field, stored)


def _examine_consent(channel: str, value: Json) -> Iterator[tuple[tuple[str, ...], Json, str]]:
    if isinstance(value, Mapping):
        for purpose, agreed in value.items():
            yield (CONSENT, channel, purpose), agreed, ""
    elif value is True or value is None:
        yield (CONSENT, channel), value, _MUST_NAME_PURPOSE
    else:
        for purpose in PURPOSES:
            yield (CONSENT, channel, purpose), False, ""


def _to_digits(value: Json) -> Json:
    is_whole = type(value) is int or (type(value) is float and value.is_integer())
    return str(int(value)) if is_whole and abs(value) < _LARGEST_NUMBER else value
