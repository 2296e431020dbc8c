"""Records of fixed width, as mainframes write them, in ASCII or EBCDIC.

Positions count bytes. With a record length, or with a descriptor word before each record, there are
no line ends. A line may be shorter than its columns, because a transfer easily loses the blanks at
its end. A record of variable length may be shorter too.
"""

from collections.abc import Iterator
from typing import IO

from hub.intake.domain.file_definition import Column, FileDefinition
from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.domain.file_records.mainframe_numbers import parse_packed, parse_zoned
from hub.intake.domain.file_records.record import Record
from hub.intake.domain.file_records.text_decoding import (
    CARRIER_ENCODING,
    LineCount,
    decode_text,
    read_lines,
)
from hub.kernel.errors import Rejected

_BLANKS = " \x00"
_DESCRIPTOR = 4
_UNSPANNED = (b"\0\0", b"\0", b"")
_END_MARKS = b"\r\n\x1a\x15\x25"
"""Line ends of ASCII and EBCDIC and the end mark of DOS, which a transfer may have added."""


def read_fixed_width_records(
    file: FileDefinition, stream: IO[bytes], limits: FileLimits
) -> Iterator[Record]:
    """Yields the records. Raises `Rejected` if the file cannot be split into records."""
    for data in _split_records(file, stream, limits):
        text = decode_text(data, file.encoding, "backslashreplace")
        if file.record_length and len(data) != file.record_length:
            fault = f"has {len(data)} bytes where a record has {file.record_length}"
            yield Record(text, fault=fault)
        else:
            yield _parse_record(file, data, text)


def _split_records(file: FileDefinition, stream: IO[bytes], limits: FileLimits) -> Iterator[bytes]:
    if file.record_descriptors:
        return _split_by_descriptor(stream)
    if file.record_length > limits.record:
        raise Rejected(f"is more than {limits.record} bytes", "file.record_length")
    if file.record_length:
        return _split_by_length(stream, file.record_length)
    if decode_text(b"\n", file.encoding) != "\n":
        raise Rejected(f"{file.encoding} has line ends of its own", "file.record_length")
    return _split_by_line(stream, limits)


def _split_by_length(stream: IO[bytes], length: int) -> Iterator[bytes]:
    while data := _read_up_to(stream, length):
        if len(data) == length or data.strip(_END_MARKS):
            yield data


def _split_by_descriptor(stream: IO[bytes]) -> Iterator[bytes]:
    """Splits at record descriptor words: the length of word and record, and two bytes of zero.

    https://www.ibm.com/docs/en/zos/2.5.0?topic=format-record-descriptor-word-rdw
    A wrong word ends the file, because it hides where the next record begins.
    """
    number = 0
    while word := _read_up_to(stream, _DESCRIPTOR):
        if not word.strip(_END_MARKS) and not stream.read(1):
            return
        number += 1
        length = int.from_bytes(word[:2]) - _DESCRIPTOR
        if word[2:] not in _UNSPANNED:
            reason = "is a segment of a spanned record, which is not supported"
            raise Rejected(f"record {number} {reason}")
        if len(word) < _DESCRIPTOR or length < 0:
            raise Rejected(f"record {number} has no record descriptor word")
        data = _read_up_to(stream, length)
        if len(data) < length:
            raise Rejected(f"record {number} has {len(data)} bytes where its word says {length}")
        yield data


def _read_up_to(stream: IO[bytes], size: int) -> bytes:
    """Reads `size` bytes, and fewer only at the end."""
    data = b""
    while chunk := stream.read(size - len(data)):
        data += chunk
    return data


def _split_by_line(stream: IO[bytes], limits: FileLimits) -> Iterator[bytes]:
    lines = LineCount(limits)
    for line in read_lines(stream, limits):
        data = line.encode(CARRIER_ENCODING).rstrip(b"\r\n\x1a")
        lines.count(is_record=bool(data))
        if data:
            yield data


def _parse_record(file: FileDefinition, data: bytes, text: str) -> Record:
    payload = {}
    for column in file.layout:
        try:
            payload[column.name] = _parse_field(column, data, file.encoding)
        except (Rejected, UnicodeDecodeError) as error:
            reason = error.reason if isinstance(error, Rejected) else f"is not {file.encoding}"
            return Record(text, fault=f"{column.name} at byte {column.at} {reason}")
    return Record(text, payload)


def _parse_field(column: Column, data: bytes, encoding: str) -> str:
    """Returns the field as text. Blanks instead of a number stay, as in a header record."""
    field = data[column.at - 1 : column.end]
    text = decode_text(field, encoding).rstrip(_BLANKS)
    if not text or column.kind == "text":
        return text
    return (
        parse_zoned(text, column.decimals)
        if column.kind == "zoned"
        else parse_packed(field, column.decimals)
    )
