"""Text out of bytes: encodings, byte order marks, the code pages of old platforms, lines."""

import codecs
import io
from collections.abc import Iterator
from types import MappingProxyType
from typing import IO, cast

from hub.intake.domain.file_records.record import LONGEST_RECORD
from hub.kernel.errors import Rejected

CARRIER_ENCODING = "latin-1"
"""What lines are read in: every byte has a character, so that a wrong one spoils only its row."""

_CHUNK = 64 * 1024
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_IN_037 = bytes.maketrans(b"\x5f\xad\xb0\xba\xbb\xbd", b"\xb0\xba\x5f\xad\xbd\xbb")
_SIMILAR_CODE_PAGES = MappingProxyType({"cp1047": ("cp037", _AS_IN_037)})
"""Python lacks code page 1047, which has six characters of 037 in other places:
https://www.ibm.com/docs/en/zos/2.5.0?topic=pages-code-page-01047"""


def decode_text(data: bytes, encoding: str, errors: str = "strict") -> str:
    """Raises UnicodeDecodeError, and `Rejected` for an encoding that nobody knows."""
    known, places = _SIMILAR_CODE_PAGES.get(encoding, (encoding, None))
    try:
        return data.translate(places).decode(known, errors)
    except LookupError as unknown:
        raise Rejected(f"there is no encoding {encoding}", "file.encoding") from unknown


def read_lines(stream: IO[bytes]) -> Iterator[str]:
    """With their ends, in `CARRIER`. Raises `Rejected` for one that is no line of text."""
    text = io.TextIOWrapper(stream, CARRIER_ENCODING, newline="")
    number = 1
    while line := text.readline(LONGEST_RECORD):
        if len(line) == LONGEST_RECORD and not line.endswith(("\n", "\r")):
            raise Rejected(f"line {number} is longer than {LONGEST_RECORD} characters")
        yield line
        number += 1


def to_ascii_compatible(stream: IO[bytes], encoding: str) -> tuple[IO[bytes], str]:
    """The stream and its encoding, once commas, quotes and line ends are the bytes of ASCII.

    A byte order mark at its head is taken off, and says more of a file than its source does.
    """
    buffered = io.BufferedReader(cast("io.RawIOBase", stream), _CHUNK)
    head = buffered.peek(max(len(mark) for mark, _ in _BYTE_ORDER_MARKS))
    for mark, marked in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            buffered.read(len(mark))
            encoding = marked
            break
    if decode_text(b"\n,", encoding, "replace") == "\n,":
        return buffered, encoding
    return io.BufferedReader(_Utf8Stream(buffered, encoding), _CHUNK), "utf-8"


class _Utf8Stream(io.RawIOBase):
    """A stream of UTF-16 or EBCDIC, in UTF-8. The line end of mainframes becomes ours."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        known, places = _SIMILAR_CODE_PAGES.get(encoding, (encoding, None))
        self._places: bytes | None = places
        self._decoder = codecs.getincrementaldecoder(known)()
        self._stream, self._encoding, self._ready = stream, encoding, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a bytearray is all that is ever read into
        more = True
        while more and not self._ready:
            chunk = self._stream.read(_CHUNK)
            more = bool(chunk)
            self._ready = self._recode(chunk, final=not more)
        data, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def _recode(self, chunk: bytes, *, final: bool) -> bytes:
        try:
            text = self._decoder.decode(chunk.translate(self._places), final)
        except UnicodeError as wrong:
            raise Rejected(f"is not {self._encoding}") from wrong
        return text.replace("\x85", "\n").encode()
