"""Writes texts and whole numbers into few bytes, for tokens that go into links.

Facts stand one after the other, without names: the reader knows their order. Each begins with a
number of seven bits a byte, the lowest first (LEB128). Its two lowest bits say what the fact is.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from string import ascii_letters, digits

Fact = str | int
LARGEST_NUMBER = 2**60
_TEXT, _HEX, _WORD, _NUMBER = range(4)
_HEX_ID = re.compile(r"(?:([a-z])-)?((?:[0-9a-f]{2})+)")
"""Such as a customer id: `c-` and the digits of a UUID."""
_WORD_CHARACTERS = frozenset(f"{ascii_letters}{digits}-_")
"""Those of URL-safe base64, which are six bits each: ids, digests, names of offers."""
_LONGEST_HEADER = 9
_LOW_BITS, _MORE = 127, 128


def pack_facts(facts: Iterable[Fact]) -> bytes:
    """Packs texts and whole numbers from 0 to `LARGEST_NUMBER`. Raises ValueError for others."""
    return b"".join(_pack_number(fact) if isinstance(fact, int) else _pack(fact) for fact in facts)


def unpack_facts(data: bytes) -> list[Fact]:
    """Returns the facts of `pack_facts`. Raises ValueError for bytes that it did not make."""
    return list(_unpack(data))


def _pack_number(number: int) -> bytes:
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(f"{number} is not a number that a token carries")
    return _to_header(_NUMBER, number)


def _pack(text: str) -> bytes:
    if hex_id := _HEX_ID.fullmatch(text):
        prefix, data = (hex_id[1] or "\0").encode(), bytes.fromhex(hex_id[2])
        return _to_header(_HEX, len(data)) + prefix + data
    if _WORD_CHARACTERS.issuperset(text):
        data = urlsafe_b64decode(text + "A" * (-len(text) % 4))
        return _to_header(_WORD, len(text)) + data[: _count_bytes(_WORD, len(text))]
    data = text.encode(errors="surrogatepass")
    return _to_header(_TEXT, len(data)) + data


def _count_bytes(kind: int, count: int) -> int:
    """The bytes of a text after its header. `count` is in bytes, of a word in characters."""
    if kind == _WORD:
        return (count * 6 + 7) // 8
    return count + 1 if kind == _HEX else count


def _to_header(kind: int, count: int) -> bytes:
    number, header = count << 2 | kind, bytearray()
    while number > _LOW_BITS:
        header.append(number & _LOW_BITS | _MORE)
        number >>= 7
    header.append(number)
    return bytes(header)


def _unpack(data: bytes) -> Iterator[Fact]:
    at = 0
    while at < len(data):
        kind, count, at = _read_header(data, at)
        if kind == _NUMBER:
            yield count
            continue
        size = _count_bytes(kind, count)
        content, at = data[at : at + size], at + size
        if len(content) < size:
            raise ValueError("a fact ends before its length")
        yield _to_text(kind, content, count)


def _read_header(data: bytes, start: int) -> tuple[int, int, int]:
    """Returns the kind, the count and where the content begins."""
    number = 0
    for index, byte in enumerate(data[start : start + _LONGEST_HEADER]):
        number |= (byte & _LOW_BITS) << 7 * index
        if byte < _MORE:
            return number & 3, number >> 2, start + index + 1
    raise ValueError("a fact has no length")


def _to_text(kind: int, content: bytes, count: int) -> str:
    if kind == _HEX:
        prefix = "" if content[0] == 0 else f"{chr(content[0])}-"
        return prefix + content[1:].hex()
    if kind == _WORD:
        return urlsafe_b64encode(content + bytes(-len(content) % 3)).decode()[:count]
    return content.decode(errors="surrogatepass")
