"""Checks that a row can be written as JSON, since the catalogue is stored as JSON."""

from collections.abc import Iterator, Mapping

from hub.kernel.errors import explain_fault
from hub.kernel.json_types import Json, JsonObject
from hub.platform.adapters.aws_text import to_json

_DEEPEST = 40
"""DynamoDB has 32 levels; orjson writes 254."""


def find_json_problems(row: JsonObject) -> list[str]:
    """Lists the places of a tidied row that have no JSON form, each with the reason."""
    if not _find_fault(row):
        return []
    problems = [
        problem for name, value in row.items() for problem in _find_problems(str(name), value, 1)
    ]
    return problems or [f"{next(iter(row))} names a row that has no JSON form: {_find_fault(row)}"]


def _find_problems(place: str, value: Json, depth: int) -> Iterator[str]:
    reason = _find_fault(value)
    if not reason:
        return
    children: list[tuple[str, Json]] = []
    if isinstance(value, Mapping):
        children = [(f"{place}.{name}", inner) for name, inner in value.items()]
    elif isinstance(value, list):
        children = [(f"{place}[{position}]", inner) for position, inner in enumerate(value, 1)]
    if children and depth == _DEEPEST:
        yield f"{place} has more than {_DEEPEST} levels"
        return
    problems = [p for at, inner in children for p in _find_problems(at, inner, depth + 1)]
    yield from problems or [f"{place} {_describe(value, reason)}"]


def _find_fault(value: Json) -> str:
    try:
        to_json(value)
    except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
        return explain_fault(error)
    return ""


def _describe(value: Json, reason: str) -> str:
    if isinstance(value, int):
        return "is a number of more than 19 digits: write it as a text"
    if isinstance(value, str):
        return "has characters that no text can have"
    return f"has no JSON form: {reason}"
