"""A request's body as JSON, of a depth that every later step can walk."""

from collections.abc import Iterator
from typing import Any

import orjson

from hub.kernel.errors import Rejected

DEEPEST_NESTING = 32


def parse_json(body: bytes) -> Any:
    """Raises `Rejected` for what is not JSON, saying where, and for what is nested too deep."""
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Rejected(f"is not JSON: {wrong.msg} at position {wrong.pos}", "body") from wrong
    if any(depth > DEEPEST_NESTING for depth in _depths(payload)):
        raise Rejected(f"is nested more than {DEEPEST_NESTING} deep", "body")
    return payload


def _depths(payload: Any) -> Iterator[int]:
    """1, 2, 3 ... for as many levels as there are."""
    level, depth = _containers([payload]), 0
    while level:
        depth += 1
        yield depth
        level = [deeper for outer in level for deeper in _containers(outer)]


def _containers(outer: Any) -> list[Any]:
    values = outer.values() if isinstance(outer, dict) else outer
    return [inner for inner in values if isinstance(inner, dict | list)]
