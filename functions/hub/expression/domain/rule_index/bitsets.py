"""Sets of small numbers as the bits of one integer: `&` and `|` of 10,000 take 0.2 us."""

from array import array
from collections.abc import Iterable, Iterator

_FEW = 32


def to_bits(positions: Iterable[int], size: int) -> int:
    """Sets the bits at `positions` below `size`, in linear time: one `|` a bit is quadratic."""
    buffer = bytearray(size // 8 + 1)
    for position in positions:
        buffer[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(buffer, "little")


def to_positions(bits: int) -> list[int]:
    """Lists the positions of the bits, in ascending order.

    Few bits are read from the highest down because Python finds the highest bit at no cost."""
    highest: list[int] = []
    while bits and len(highest) < _FEW:
        at = bits.bit_length() - 1
        highest.append(at)
        bits ^= 1 << at
    highest.reverse()
    return [*_iterate_positions(bits), *highest] if bits else highest


def _iterate_positions(bits: int) -> Iterator[int]:
    text = f"{bits:b}"[::-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)


def pack_bits(bits: int) -> bytes:
    """Writes bits for the stored index."""
    return bits.to_bytes(bits.bit_length() // 8 + 1, "little")


def unpack_bits(data: bytes) -> int:
    """Reads what `pack_bits` wrote."""
    return int.from_bytes(data, "little")


def pack_numbers(numbers: Iterable[int]) -> bytes:
    """Writes numbers below 2 ** 32 for the stored index."""
    return array("I", numbers).tobytes()


def unpack_numbers(data: bytes) -> "array[int]":
    """Reads what `pack_numbers` wrote."""
    return array("I", data)
