"""What the index looks a value up in: which rows have their literal on it satisfied.

A table is made of plain data (`plain`), which is what a prebuilt artifact stores.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hub.domain.expression.compare import NUMBERS, SCALARS
from hub.domain.index.bits import bits_of, numbers_packed, numbers_unpacked, packed, unpacked
from hub.domain.index.literal import Literal

_SMALL = 2_000
_SPARSE = 8
Posted = list[tuple[Literal, int]]
"""Literals of one shape on one term, each with the row that it belongs to."""


class KeyedTable:
    """Key -> rows: texts, numbers, flags, kinds, beginnings, states."""

    def __init__(self, shape: str, data: Mapping[str, Any]) -> None:
        self._few: Mapping[Any, tuple[int, ...]] = data["few"]
        self._many = {key: unpacked(bits) for key, bits in data["many"].items()}
        self._keys_of = _starts_keys(data["lengths"]) if shape == "starts" else _KEYS[shape]

    @staticmethod
    def plain(posted: Posted, size: int) -> dict[str, Any]:
        """Long lists of rows are kept as bits, short ones as they are."""
        found: dict[Any, list[int]] = {}
        for literal, row in posted:
            for key in dict.fromkeys(literal.keys):
                found.setdefault((key,) if isinstance(key, bool) else key, []).append(row)
        few = {k: tuple(rows) for k, rows in found.items() if len(rows) <= _SPARSE}
        many = {k: packed(bits_of(rows, size)) for k, rows in found.items() if k not in few}
        lengths = {len(key) for key in found if isinstance(key, str)}
        return {"few": few, "many": many, "lengths": sorted(lengths)}

    def satisfied(self, value: Any) -> int:
        bits = 0
        for key in self._keys_of(value):
            bits |= self._many.get(key, 0)
            for row in self._few.get(key, ()):
                bits |= 1 << row
        return bits


class BoundTable:
    """Sorted bounds, with the rows of all bounds up to each `stride`th at hand as bits."""

    def __init__(self, shape: str, data: Mapping[str, Any]) -> None:
        self._bounds: list[float] = data["bounds"]
        self._rows = numbers_unpacked(data["rows"])
        self._marks: list[bytes | int] = list(data["marks"])
        self._stride: int = data["stride"]
        self._find = bisect_left if len(shape) == 1 else bisect_right
        self._sign = -1 if shape[0] == "<" else 1

    @staticmethod
    def plain(posted: Posted, size: int) -> dict[str, Any]:
        """Upper bounds are kept negated, so that the satisfied ones come first here too; of several
        of one row the loosest is enough, since any of them will do."""
        sign = -1 if posted[0][0].shape[0] == "<" else 1
        stride = 1 if size < _SMALL else 16
        loosest: dict[int, float] = {}
        for literal, row in posted:
            bound = sign * float_or_int(literal)
            loosest[row] = min(bound, loosest.get(row, bound))
        ordered = sorted((bound, row) for row, bound in loosest.items())
        room, marks = bytearray(size // 8 + 1), []
        for index, (_, row) in enumerate(ordered):
            if index % stride == 0:
                marks.append(bytes(room))
            room[row >> 3] |= 1 << (row & 7)
        marks.append(bytes(room))
        rows = numbers_packed(row for _, row in ordered)
        bounds = [bound for bound, _ in ordered]
        return {"bounds": bounds, "rows": rows, "marks": marks, "stride": stride}

    def satisfied(self, value: Any) -> int:
        # Not a number, as in float's nan, is above nothing and below nothing.
        if type(value) not in NUMBERS or value != value:  # noqa: PLR0124 NaN
            return 0
        count = self._find(self._bounds, self._sign * value)
        mark = (count + self._stride // 2) // self._stride
        bits, nearest = self._mark(mark), mark * self._stride
        for row in self._rows[nearest:count] or self._rows[count:nearest]:
            bits ^= 1 << row
        return bits

    def _mark(self, index: int) -> int:
        mark = self._marks[index]
        if isinstance(mark, bytes):
            mark = self._marks[index] = unpacked(mark)
        return mark


Table = KeyedTable | BoundTable


def table_of(shape: str, data: Mapping[str, Any]) -> Table:
    return BoundTable(shape, data) if shape[0] in "<>" else KeyedTable(shape, data)


def plain_table(shape: str, posted: Posted, size: int) -> dict[str, Any]:
    make = BoundTable.plain if shape[0] in "<>" else KeyedTable.plain
    return make(posted, size)


def float_or_int(literal: Literal) -> float:
    bound: Any = literal.keys[0]
    return bound  # type: ignore[no-any-return]  # a bound is a number


def _is_keys(value: Any) -> tuple[Any, ...]:
    """True is not 1: flags are keys of their own."""
    kind = type(value)
    if kind is bool:
        return ((value,),)
    return (value,) if kind in SCALARS else ()


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


_KEYS: Mapping[str, Callable[[Any], Iterable[Any]]] = {
    "is": _is_keys,
    "kind": _kind_keys,
    "state": _state_keys,
}
