"""Lookup tables of the index: the rows that remain for a value.

The compiled catalogue stores the plain data of a table. `unmet` are the rows that remain for a
value that meets no literal: the rows that the table does not test or, for negated literals, all
rows. Flipping the bits of the rows whose literal is met gives the rows that remain.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict, cast, final

from hub.expression.domain.compare import NUMBERS, SCALARS
from hub.expression.domain.rule_index.bitsets import (
    pack_bits,
    pack_numbers,
    to_bits,
    unpack_bits,
    unpack_numbers,
)
from hub.expression.domain.rule_index.literal import Literal
from hub.kernel.json_types import Json, JsonObject

_MAX_MARK_BYTES = 2_000_000
"""The most bytes of one table's marks. If they would take more, there are fewer of them: one for
up to 2 ** `_MAX_SHIFT` rows."""
_MAX_SHIFT = 6
_MAX_SPARSE_ROWS = 8
Postings = list[tuple[Literal, int]]
"""Literals of one shape on one term, each with the row that it belongs to."""
LookupTable = Callable[[Json], int]
"""Gives the rows that remain for a value, as bits."""


@final
class KeyData(TypedDict):
    """Rows by key: text, number, flag, kind, prefix or state. `many` are packed bits.

    `lengths` are those of the keys that are texts, in ascending order."""

    few: dict[object, tuple[int, ...]]
    many: dict[object, bytes]
    lengths: list[int]


@final
class BoundsData(TypedDict):
    """Bounds in ascending order, the packed row of each and the marks.

    A mark is the rows met by a value that lies after 2 ** `shift` more bounds."""

    bounds: list[float]
    rows: bytes
    marks: list[bytes]
    shift: int


TableData = KeyData | BoundsData


def _build_key_data(posted: Postings, size: int) -> KeyData:
    rows_by_key: dict[object, list[int]] = {}
    for literal, row in posted:
        for key in dict.fromkeys(literal.keys):
            rows_by_key.setdefault((key,) if isinstance(key, bool) else key, []).append(row)
    few = {k: tuple(rows) for k, rows in rows_by_key.items() if len(rows) <= _MAX_SPARSE_ROWS}
    many = {k: pack_bits(to_bits(rows, size)) for k, rows in rows_by_key.items() if k not in few}
    lengths = {len(key) for key in rows_by_key if isinstance(key, str)}
    return {"few": few, "many": many, "lengths": sorted(lengths)}


def _load_single_key_table(data: KeyData, unmet: int) -> LookupTable:
    """Loads a table in which a value has one key at most.

    So the rows that remain for the keys of many rows are computed beforehand."""
    few = data["few"]
    many = {key: unmet ^ unpack_bits(bits) for key, bits in data["many"].items()}

    def look_up(value: object) -> int:
        kind = type(value)
        if kind not in SCALARS:
            return unmet
        key = (value,) if kind is bool else value
        bits = many.get(key)
        return unmet ^ _few_to_bits(few.get(key, ())) if bits is None else bits

    return look_up


def _load_multi_key_table(
    list_keys: Callable[[Json], Iterable[object]], data: KeyData, unmet: int
) -> LookupTable:
    few = data["few"]
    many = {key: unpack_bits(bits) for key, bits in data["many"].items()}

    def look_up(value: object) -> int:
        met = 0
        for key in list_keys(value):
            met |= many.get(key, 0) | _few_to_bits(few.get(key, ()))
        return unmet ^ met

    return look_up


def _few_to_bits(rows: Iterable[int]) -> int:
    bits = 0
    for row in rows:
        bits |= 1 << row
    return bits


def _build_bounds_data(posted: Postings, size: int) -> BoundsData:
    """Keeps the loosest bound of each row, because a row is met if any of its bounds is."""
    upper = posted[0][0].shape[0] == "<"
    loosest: dict[int, float] = {}
    for literal, row in posted:
        bound = read_bound(literal)
        loosest[row] = (max if upper else min)(bound, loosest.get(row, bound))
    ordered = sorted((bound, row) for row, bound in loosest.items())
    shift = min(_MAX_SHIFT, (len(ordered) * size // 8 // _MAX_MARK_BYTES).bit_length())
    met = to_bits(loosest, size) if upper else 0
    buffer, marks = bytearray(met.to_bytes(size // 8 + 1, "little")), []
    for index, (_, row) in enumerate(ordered):
        if index % (1 << shift) == 0:
            marks.append(bytes(buffer))
        buffer[row >> 3] ^= 1 << (row & 7)
    marks.append(bytes(buffer))
    rows = pack_numbers(row for _, row in ordered)
    bounds = [bound for bound, _ in ordered]
    return {"bounds": bounds, "rows": rows, "marks": marks, "shift": shift}


def _load_bounds_table(shape: str, data: BoundsData, unmet: int) -> LookupTable:
    bounds = data["bounds"]
    rows_after = _read_nearest_mark(data, unmet) if data["shift"] else _read_each_mark(data, unmet)
    find = bisect_right if shape in (">=", "<") else bisect_left

    def look_up(value: Json) -> int:
        kind = type(value)
        # float's nan is neither above nor below any bound.
        if kind is not int and (kind is not float or value != value):  # noqa: PLR0124 NaN
            return unmet
        return rows_after(find(bounds, value))

    return look_up


def _read_each_mark(data: BoundsData, unmet: int) -> Callable[[int], int]:
    return [unmet ^ unpack_bits(mark) for mark in data["marks"]].__getitem__


def _read_nearest_mark(data: BoundsData, unmet: int) -> Callable[[int], int]:
    """Starts from the nearest mark and flips the few rows between it and the value."""
    marks: list[bytes | int] = list(data["marks"])
    rows = unpack_numbers(data["rows"])
    shift = data["shift"]
    half = 1 << shift - 1

    def rows_after(count: int) -> int:
        index = count + half >> shift
        bits, nearest = marks[index], index << shift
        if isinstance(bits, bytes):
            bits = marks[index] = unmet ^ unpack_bits(bits)
        return bits ^ _few_to_bits(rows[nearest:count] or rows[count:nearest])

    return rows_after


def load_table(shape: str, data: TableData, unmet: int) -> LookupTable:
    """Loads a table. `unmet` are the rows that remain for a value that meets no literal of it."""
    if "bounds" in data:
        return _load_bounds_table(shape, data, unmet)
    if shape == "is":
        return _load_single_key_table(data, unmet)
    list_keys = _make_prefix_reader(data["lengths"]) if shape == "starts" else _KEY_READERS[shape]
    return _load_multi_key_table(list_keys, data, unmet)


def build_plain_table(shape: str, posted: Postings, size: int) -> TableData:
    """Builds the data of a table of literals of one shape, for an index of `size` rows."""
    return _build_bounds_data(posted, size) if shape[0] in "<>" else _build_key_data(posted, size)


def read_bound(literal: Literal) -> float:
    """Reads the number of a literal whose shape is `<`, `<=`, `>` or `>=`."""
    return cast("float", literal.keys[0])


def _list_kinds(value: object) -> tuple[str, ...]:
    kind = type(value)
    if kind is str:
        return ("text", "scalar")
    if kind in NUMBERS:
        return ("number", "scalar")
    return ("scalar",) if kind in SCALARS else ()


def _list_states(dialogues: Mapping[str, JsonObject]) -> Iterable[object]:
    return [(name, block.get("state")) for name, block in dialogues.items()]


def _make_prefix_reader(lengths: list[int]) -> Callable[[object], Iterable[str]]:
    def list_prefixes(value: object) -> Iterable[str]:
        if not isinstance(value, str):
            return ()
        return [value[:length] for length in lengths if length <= len(value)]

    return list_prefixes


_KEY_READERS: Mapping[str, Callable[[Json], Iterable[object]]] = {
    "kind": _list_kinds,
    "state": _list_states,
}
