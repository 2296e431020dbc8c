"""Merges the blocks of two customers, and applies the changes of a block to another one.

Counted fields are merged by type: numbers are added, of two texts the later stays (of `first_...`
the earlier), lists are united, and maps are merged field by field. Of any other value the
survivor's stays. Traits (an address, a mood from 1 to 10) are never added.
"""

from collections.abc import Mapping

from hub.kernel.json_types import Json, JsonObject


def combine(first: Json, second: Json, name: str = "") -> Json:
    """Makes one value of two. For numbers and times the order does not matter."""
    if first is None or second is None:
        return first if second is None else second
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        names = [*first, *(name for name in second if name not in first)]
        return {name: combine(first.get(name), second.get(name), name) for name in names}
    if _is_number(first) and _is_number(second):
        return first + second
    if isinstance(first, str) and isinstance(second, str):
        return min(first, second) if name.startswith("first_") else max(first, second)
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return type(first)([*first, *(item for item in second if item not in first)])
    return first


def add_counts_since(own: Json, before: Json, now: Json) -> Json:
    """Adds to `own` what was added from `before` to `now`."""
    if now == before:
        return own
    if isinstance(now, Mapping):
        mine, then = (part if isinstance(part, Mapping) else {} for part in (own, before))
        left = {name: value for name, value in mine.items() if name not in then or name in now}
        parts = {n: add_counts_since(mine.get(n), then.get(n), now[n]) for n in now}
        return left | {n: part for n, part in parts.items() if n in mine or part not in _NO_VALUES}
    if _is_number(now) and _is_number(before or 0):
        return (own or 0) + now - (before or 0)
    return now


def add_changes_since(
    own: JsonObject, before: JsonObject, now: JsonObject, depth: int = 1
) -> dict[str, Json]:
    """Sets in `own` the fields, `depth` maps deep, that differ between `before` and `now`."""
    fields: dict[str, Json] = {}
    for name in [*own, *(name for name in now if name not in own)]:
        mine, then, value = own.get(name), before.get(name), now.get(name)
        if depth > 1:
            fields[name] = add_changes_since(mine or {}, then or {}, value or {}, depth - 1)
        else:
            fields[name] = mine if value == then else value
    return {name: value for name, value in fields.items() if value is not None and value != {}}


_NO_VALUES: tuple[Json, ...] = (None, {}, 0)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
