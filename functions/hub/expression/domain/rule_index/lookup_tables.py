"""What the index looks a value up in: which rows are left, as far as this table can tell.

A table is made of plain data, which is what a prebuilt artifact stores. Turning the bits of the
rows whose literal is met gives the rows left, from `unmet`: for literals that must hold, these are
the rows that ask nothing; for literals that must not, all rows.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hub.expression.domain.compare import NUMBERS, SCALARS
from hub.expression.domain.rule_index.bitsets import (
    pack_bits,
    pack_numbers,
    to_bits,
    unpack_bits,
    unpack_numbers,
)
from hub.expression.domain.rule_index.literal import Literal

_MAX_MARK_BYTES = 2_000_000
"""Bytes that the marks of one table may take: where they would take more, they lie further apart,
up to 2 ** `_FURTHEST` rows."""
_MAX_SHIFT = 6
_MAX_SPARSE_ROWS = 8
Postings = list[tuple[Literal, int]]
"""Literals of one shape on one term, each with the row that it belongs to."""
LookupTable = Callable[[Any], int]
"""The rows that a value leaves, as bits."""


def _build_key_data(posted: Postings, size: int) -> dict[str, Any]:
    """Key -> rows: texts, numbers, flags, kinds, beginnings, states. Long lists of rows are kept as
    bits, short ones as they are."""
    found: dict[Any, list[int]] = {}
    for literal, row in posted:
        for key in dict.fromkeys(literal.keys):
            found.setdefault((key,) if isinstance(key, bool) else key, []).append(row)
    few = {k: tuple(rows) for k, rows in found.items() if len(rows) <= _MAX_SPARSE_ROWS}
    many = {k: pack_bits(to_bits(rows, size)) for k, rows in found.items() if k not in few}
    lengths = {len(key) for key in found if isinstance(key, str)}
    return {"few": few, "many": many, "lengths": sorted(lengths)}


def _load_single_key_table(data: Mapping[str, Any], unmet: int) -> LookupTable:
    """A value has one key at most: what it leaves of the rows is at hand for the long lists."""
    few: Mapping[Any, tuple[int, ...]] = data["few"]
    many = {key: unmet ^ unpack_bits(bits) for key, bits in data["many"].items()}

    def left(value: Any) -> int:
        kind = type(value)
        if kind not in SCALARS:
            return unmet
        key = (value,) if kind is bool else value
        bits = many.get(key)
        return unmet ^ _few_to_bits(few.get(key, ())) if bits is None else bits

    return left


def _load_multi_key_table(
    keys_of: Callable[[Any], Iterable[Any]], data: Mapping[str, Any], unmet: int
) -> LookupTable:
    few: Mapping[Any, tuple[int, ...]] = data["few"]
    many = {key: unpack_bits(bits) for key, bits in data["many"].items()}

    def left(value: Any) -> int:
        met = 0
        for key in keys_of(value):
            met |= many.get(key, 0) | _few_to_bits(few.get(key, ()))
        return unmet ^ met

    return left


def _few_to_bits(rows: Iterable[int]) -> int:
    bits = 0
    for row in rows:
        bits |= 1 << row
    return bits


def _build_bounds_data(posted: Postings, size: int) -> dict[str, Any]:
    """Sorted bounds; a mark, after each 2 ** `shift` of them, is the rows met by a value that lies
    there. Of several bounds of one row the loosest is enough, since any of them will do."""
    upper = posted[0][0].shape[0] == "<"
    loosest: dict[int, float] = {}
    for literal, row in posted:
        bound = read_bound(literal)
        loosest[row] = (max if upper else min)(bound, loosest.get(row, bound))
    ordered = sorted((bound, row) for row, bound in loosest.items())
    shift = min(_MAX_SHIFT, (len(ordered) * size // 8 // _MAX_MARK_BYTES).bit_length())
    met = to_bits(loosest, size) if upper else 0
    room, marks = bytearray(met.to_bytes(size // 8 + 1, "little")), []
    for index, (_, row) in enumerate(ordered):
        if index % (1 << shift) == 0:
            marks.append(bytes(room))
        room[row >> 3] ^= 1 << (row & 7)
    marks.append(bytes(room))
    rows = pack_numbers(row for _, row in ordered)
    bounds = [bound for bound, _ in ordered]
    return {"bounds": bounds, "rows": rows, "marks": marks, "shift": shift}


def _load_bounds_table(shape: str, data: Mapping[str, Any], unmet: int) -> LookupTable:
    bounds: list[float] = data["bounds"]
    left_at = _read_nearest_mark(data, unmet) if data["shift"] else _read_each_mark(data, unmet)
    find = bisect_right if shape in (">=", "<") else bisect_left

    def left(value: Any) -> int:
        kind = type(value)
        # Not a number, as in float's nan, is above nothing and below nothing.
        if kind is not int and (kind is not float or value != value):  # noqa: PLR0124 NaN
            return unmet
        return left_at(find(bounds, value))

    return left


def _read_each_mark(data: Mapping[str, Any], unmet: int) -> Callable[[int], int]:
    return [unmet ^ unpack_bits(mark) for mark in data["marks"]].__getitem__


def _read_nearest_mark(data: Mapping[str, Any], unmet: int) -> Callable[[int], int]:
    """Marks lie some rows apart: the few in between are turned one by one."""
    marks: list[bytes | int] = list(data["marks"])
    rows = unpack_numbers(data["rows"])
    shift: int = data["shift"]
    half = 1 << shift - 1

    def left_at(count: int) -> int:
        index = count + half >> shift
        bits, nearest = marks[index], index << shift
        if isinstance(bits, bytes):
            bits = marks[index] = unmet ^ unpack_bits(bits)
        return bits ^ _few_to_bits(rows[nearest:count] or rows[count:nearest])

    return left_at


def load_table(shape: str, data: Mapping[str, Any], unmet: int) -> LookupTable:
    """`unmet` are the rows left by a value that meets none of the table's literals."""
    if shape[0] in "<>":
        return _load_bounds_table(shape, data, unmet)
    if shape == "is":
        return _load_single_key_table(data, unmet)
    keys_of = _starts_keys(data["lengths"]) if shape == "starts" else _KEY_READERS[shape]
    return _load_multi_key_table(keys_of, data, unmet)


def build_plain_table(shape: str, posted: Postings, size: int) -> dict[str, Any]:
    make = _build_bounds_data if shape[0] in "<>" else _build_key_data
    return make(posted, size)


def read_bound(literal: Literal) -> float:
    bound: Any = literal.keys[0]
    return bound  # type: ignore[no-any-return]  # a bound is a number


def _kind_keys(value: Any) -> tuple[str, ...]:
    kind = type(value)
    if kind is str:
        return ("text", "scalar")
    if kind in NUMBERS:
        return ("number", "scalar")
    return ("scalar",) if kind in SCALARS else ()


def _state_keys(dialogues: Mapping[str, Mapping[str, Any]]) -> Iterable[Any]:
    return [(name, block.get("state")) for name, block in dialogues.items()]


def _starts_keys(lengths: list[int]) -> Callable[[Any], Iterable[str]]:
    def keys(value: Any) -> Iterable[str]:
        if not isinstance(value, str):
            return ()
        return [value[:length] for length in lengths if length <= len(value)]

    return keys


_KEY_READERS: Mapping[str, Callable[[Any], Iterable[Any]]] = {
    "kind": _kind_keys,
    "state": _state_keys,
}
