"""Decoding of text: encodings, byte order marks, mainframes' code pages, lines."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, cast

from hub.intake.domain.file_records.limits import LIMITS, FileLimits
from hub.kernel.errors import Rejected

CARRIER_ENCODING = "latin-1"
"""The encoding in which lines are read: each byte has a character, so a wrong one spoils only its
row."""

_CHUNK = 64 * 1024
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_IN_037 = bytes.maketrans(b"\x5f\xad\xb0\xba\xbb\xbd", b"\xb0\xba\x5f\xad\xbd\xbb")
_SIMILAR_CODE_PAGES = MappingProxyType({"cp1047": ("cp037", _AS_IN_037)})
"""Python has no code page 1047, in which six characters of 037 have other places:
https://www.ibm.com/docs/en/zos/2.5.0?topic=pages-code-page-01047"""


def decode_text(data: bytes, encoding: str, errors: str = "strict") -> str:
    """Decodes bytes. Raises UnicodeDecodeError, and `Rejected` for an unknown encoding."""
    codec, translation = _SIMILAR_CODE_PAGES.get(encoding, (encoding, None))
    try:
        return data.translate(translation).decode(codec, errors)
    except LookupError as error:
        raise Rejected(f"there is no encoding {encoding}", "file.encoding") from error


@dataclass(slots=True)
class LineCount:
    """Counts lines that bring no row: blank ones, and those that are read again."""

    limits: FileLimits
    idle: int = 0
    """How many more of these there were than rows."""

    def count(self, *, is_record: bool) -> None:
        """Raises `Rejected` beyond the limit."""
        self.add(-1 if is_record else 1)

    def add(self, lines: int) -> None:
        """Raises `Rejected` beyond the limit."""
        self.idle += lines
        if self.idle > self.limits.blanks:
            raise Rejected(f"has {self.limits.blanks} more blank or wrongly quoted lines than rows")


def read_lines(stream: IO[bytes], limits: FileLimits = LIMITS) -> Iterator[str]:
    """Yields the lines with their ends, in `CARRIER_ENCODING`. Raises `Rejected` for one that is
    too long."""
    text = io.TextIOWrapper(stream, CARRIER_ENCODING, newline="")
    number = 1
    while line := text.readline(limits.record):
        if len(line) == limits.record and not line.endswith(("\n", "\r")):
            raise Rejected(f"line {number} is longer than {limits.record} characters")
        yield line
        number += 1


def to_ascii_compatible(stream: IO[bytes], encoding: str) -> tuple[IO[bytes], str]:
    """Returns a stream whose commas, quotes and line ends are ASCII, and its encoding.

    It removes a byte order mark, which overrides the encoding that the source defines.
    """
    buffered = io.BufferedReader(cast("io.RawIOBase", stream), _CHUNK)
    head = buffered.peek(max(len(mark) for mark, _ in _BYTE_ORDER_MARKS))
    for mark, encoding_of_mark in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            buffered.read(len(mark))
            encoding = encoding_of_mark
            break
    if decode_text(b"\n,", encoding, "replace") == "\n,":
        return buffered, encoding
    return io.BufferedReader(_Utf8Stream(buffered, encoding), _CHUNK), "utf-8"


class _Utf8Stream(io.RawIOBase):
    """Converts a stream of UTF-16 or EBCDIC to UTF-8, and mainframes' line ends to ASCII's."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        codec, translation = _SIMILAR_CODE_PAGES.get(encoding, (encoding, None))
        self._translation: bytes | None = translation
        self._decoder = codecs.getincrementaldecoder(codec)()
        self._stream, self._encoding, self._converted = stream, encoding, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a bytearray is all that is ever read into
        has_more = True
        while has_more and not self._converted:
            chunk = self._stream.read(_CHUNK)
            has_more = bool(chunk)
            self._converted = self._convert(chunk, is_final=not has_more)
        data, self._converted = self._converted[: len(buffer)], self._converted[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def _convert(self, chunk: bytes, *, is_final: bool) -> bytes:
        try:
            text = self._decoder.decode(chunk.translate(self._translation), is_final)
        except UnicodeError as error:
            raise Rejected(f"is not {self._encoding}") from error
        return text.replace("\x85", "\n").encode()
