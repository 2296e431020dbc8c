"""A request's body as JSON, of a depth that every later step can walk."""

from collections.abc import Iterator

import orjson

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json

DEEPEST_NESTING = 32
DEEPEST_ENVELOPE = 200
"""The deepest nesting of a body with several events, of which each is checked by itself. orjson
writes 254."""


def parse_json(body: bytes, deepest: int = DEEPEST_NESTING) -> Json:
    """Parses a body. Raises `Rejected` if it is not JSON or is nested deeper than `deepest`."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Rejected(f"is not JSON: {error.msg} at position {error.pos}", "body") from error
    check_nesting(payload, deepest)
    return payload


def check_nesting(payload: Json, deepest: int = DEEPEST_NESTING) -> None:
    """Raises `Rejected` for what is nested too deep."""
    if any(depth > deepest for depth in _count_levels(payload)):
        raise Rejected(f"is nested more than {deepest} deep", "body")


def _count_levels(payload: Json) -> Iterator[int]:
    """Yields 1, 2, 3 ... for as many levels as the payload has, so that a caller can stop early."""
    level, depth = _list_containers([payload]), 0
    while level:
        depth += 1
        yield depth
        level = [inner for outer in level for inner in _list_containers(outer)]


def _list_containers(outer: Json) -> list[Json]:
    values = outer.values() if isinstance(outer, dict) else outer
    return [inner for inner in values if isinstance(inner, dict | list)]
