"""Fixed width: columns at positions, as old platforms write them, in ASCII or EBCDIC.

Positions count bytes. Where a record's length is known, records follow each other without line
ends; a line may also be shorter, as blanks at its end are easily lost on the way.
"""

from collections.abc import Iterator
from typing import IO

from hub.domain.errors import Rejected
from hub.domain.file_format import Column, FileFormat
from hub.domain.records.numbers import packed, zoned
from hub.domain.records.record import Record
from hub.domain.records.text import CARRIER, decoded, lines

_BLANKS = " \x00"
_AFTER_THE_LAST = b"\r\n\x1a\x15\x25"
"""Line ends of both worlds and the end mark of DOS, which a transfer may have put at the end."""


def fixed_width_records(file: FileFormat, stream: IO[bytes]) -> Iterator[Record]:
    if decoded(b"\n", file.encoding) != "\n" and not file.record_length:
        raise Rejected(f"{file.encoding} has line ends of its own", "file.record_length")
    records = _by_length(stream, file.record_length) if file.record_length else _by_line(stream)
    for data in records:
        text = decoded(data, file.encoding, "backslashreplace")
        if file.record_length and len(data) != file.record_length:
            fault = f"has {len(data)} bytes where a record has {file.record_length}"
            yield Record(text, fault=fault)
        else:
            yield _record(file, data, text)


def _by_length(stream: IO[bytes], length: int) -> Iterator[bytes]:
    data = b""
    while chunk := stream.read(length - len(data)):
        data += chunk
        if len(data) == length:
            yield data
            data = b""
    if data.strip(_AFTER_THE_LAST):
        yield data


def _by_line(stream: IO[bytes]) -> Iterator[bytes]:
    for line in lines(stream):
        data = line.encode(CARRIER).rstrip(b"\r\n\x1a")
        if data:
            yield data


def _record(file: FileFormat, data: bytes, text: str) -> Record:
    payload = {}
    for column in file.layout:
        try:
            payload[column.name] = _value(column, data, file.encoding)
        except (Rejected, UnicodeDecodeError) as wrong:
            why = wrong.reason if isinstance(wrong, Rejected) else f"is not {file.encoding}"
            return Record(text, fault=f"{column.name} at byte {column.at} {why}")
    return Record(text, payload)


def _value(column: Column, data: bytes, encoding: str) -> str:
    """Blanks in the place of a number are no number, as in a header record."""
    field = data[column.at - 1 : column.end]
    text = decoded(field, encoding).rstrip(_BLANKS)
    if not text or column.kind == "text":
        return text
    return (
        zoned(text, column.decimals) if column.kind == "zoned" else packed(field, column.decimals)
    )
