"""Blocks of two customers made one, and what changed in a block since.

What is counted goes by what a field holds: numbers add up, of texts the later stays (of `first_...`
the earlier), lists unite, maps are gone through field by field, and of anything else the survivor's
stays. What was said (an address, a mood from 1 to 10) is never added up.
"""

from collections.abc import Mapping
from typing import Any


def together(one: Any, other: Any, name: str = "") -> Any:
    """Both as one; for numbers and times it does not matter which comes first."""
    if one is None or other is None:
        return one if other is None else other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = [*one, *(name for name in other if name not in one)]
        return {name: together(one.get(name), other.get(name), name) for name in names}
    if _is_number(one) and _is_number(other):
        return one + other
    if isinstance(one, str) and isinstance(other, str):
        return min(one, other) if name.startswith("first_") else max(one, other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return type(one)([*one, *(item for item in other if item not in one)])
    return one


def counted_since(own: Any, before: Any, now: Any) -> Any:
    """`own` with what was added from `before` to `now`; what did not change is as it was."""
    if now == before:
        return own
    if isinstance(now, Mapping):
        mine, then = (part if isinstance(part, Mapping) else {} for part in (own, before))
        left = {name: value for name, value in mine.items() if name not in then or name in now}
        parts = {n: counted_since(mine.get(n), then.get(n), now[n]) for n in now}
        return left | {n: part for n, part in parts.items() if n in mine or part not in _NOTHING}
    if _is_number(now) and _is_number(before or 0):
        return (own or 0) + now - (before or 0)
    return now


def said_since(
    own: Mapping[str, Any], before: Mapping[str, Any], now: Mapping[str, Any], depth: int = 1
) -> dict[str, Any]:
    """`own` with the fields, `depth` maps deep, that are other now than before."""
    fields: dict[str, Any] = {}
    for name in [*own, *(name for name in now if name not in own)]:
        mine, then, value = own.get(name), before.get(name), now.get(name)
        if depth > 1:
            fields[name] = said_since(mine or {}, then or {}, value or {}, depth - 1)
        else:
            fields[name] = mine if value == then else value
    return {name: value for name, value in fields.items() if value is not None and value != {}}


_NOTHING: tuple[Any, ...] = (None, {}, 0)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
