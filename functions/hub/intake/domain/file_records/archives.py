"""Compressed files: gz, and zip with one or several files.

The unpacked size has a limit, because an archive of a few bytes can unpack to terabytes.
"""

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast

from hub.intake.domain.file_records.bounded_stream import BoundedStream, PackedStream
from hub.intake.domain.file_records.limits import LIMITS, FileLimits
from hub.kernel.errors import Rejected

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_CHUNK = 64 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_LOCATOR = b"PK\x06\x07"
_LOCATOR_SIZE = 20
_ZIP64_END = b"PK\x06\x06"
_ZIP64_END_SIZE = 56


@dataclass(frozen=True, slots=True)
class Member:
    """A file to read: the dropped file, or one inside it.

    `inside` is its path in a zip; it is empty for the dropped file itself.
    """

    name: str
    open: Callable[[], IO[bytes]]
    inside: str = ""


def list_members(name: str, stream: IO[bytes], limits: FileLimits) -> Iterator[Member]:
    """Yields the files in a dropped file. `stream` must be seekable.

    Raises `Rejected` if the archive is damaged or too large. A member that is too large raises it
    while it is read.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > limits.stored:
        raise Rejected(f"has {size} bytes, at most {limits.stored} are allowed")
    if name.lower().endswith(".zip"):
        yield from _read_zip(stream, size, limits)
    else:
        yield _unpack_gzip(Member(name, lambda: stream), size, limits)


def _unpack_gzip(member: Member, size: int, limits: FileLimits) -> Member:
    """Returns the file inside a gz; any other member is returned as it is."""
    if not member.name.lower().endswith(".gz"):
        return member
    return Member(
        member.name[: -len(".gz")],
        lambda: _open_gzip(member.open(), size, limits),
        member.inside,
    )


def _open_gzip(packed: IO[bytes], size: int, limits: FileLimits) -> IO[bytes]:
    """Unpacks. Refuses pieces that hold nothing, which a gz may have without end."""
    counted = PackedStream(packed, limits.record)
    unpacked = cast("IO[bytes]", gzip.GzipFile(fileobj=cast("IO[bytes]", counted)))
    bounded = BoundedStream(unpacked, *_find_limit(size, limits))
    counted.count_unpacked = lambda: bounded.count
    return io.BufferedReader(bounded, _CHUNK)


def _read_zip(stream: IO[bytes], size: int, limits: FileLimits) -> Iterator[Member]:
    entries = [entry for entry in read_zip_contents(stream, limits) if not entry.is_dir()]
    if len(entries) > limits.members:
        raise Rejected(f"holds {len(entries)} files, at most {limits.members} are allowed")
    most, reason = _find_limit(size, limits)
    if sum(entry.file_size for entry in entries) > most:
        raise Rejected(reason)
    archive = zipfile.ZipFile(stream)
    for entry in entries:
        member = Member(entry.filename, _make_opener(archive, entry, limits), entry.filename)
        yield _unpack_gzip(member, entry.compress_size, limits)


def open_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: FileLimits) -> IO[bytes]:
    """Opens a file of a zip within the limits. Raises `Rejected`, also while it is read."""
    return _make_opener(archive, entry, limits)()


def _make_opener(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: FileLimits
) -> Callable[[], IO[bytes]]:
    def unpack() -> IO[bytes]:
        if entry.flag_bits & _ENCRYPTED:
            raise Rejected("is encrypted")
        if entry.compress_type not in _METHODS:
            raise Rejected("is packed by a method other than deflate")
        try:
            return _limit_size(archive.open(entry), entry.compress_size, limits)
        except zipfile.BadZipFile as error:
            raise Rejected("is damaged: its place in the archive is wrong") from error

    return unpack


def read_zip_contents(stream: IO[bytes], limits: FileLimits = LIMITS) -> Sequence[zipfile.ZipInfo]:
    """Reads the table of contents of a zip.

    Raises `Rejected` if there is none, or before it reads one that would fill the memory.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _CHUNK - _END_SIZE))
    before, signature, end = stream.read().rpartition(_END)
    if not signature or len(end) < _END_SIZE - len(_END):
        raise Rejected("is damaged or not an archive: it has no table of contents")
    if max(int.from_bytes(end[8:12], "little"), _read_zip64_size(before)) > limits.contents:
        raise Rejected(f"has a table of contents of more than {limits.contents} bytes")
    try:
        return zipfile.ZipFile(stream).infolist()
    except _CONTENTS_ERRORS as error:
        raise Rejected("is damaged: its table of contents is not readable") from error


_CONTENTS_ERRORS = (
    *(NotImplementedError, OverflowError, ValueError, zipfile.BadZipFile, struct.error),
)
"""What zipfile raises on a table of contents that is none."""


def _read_zip64_size(before: bytes) -> int:
    """Reads the size that the end record of a large zip gives, which zipfile prefers; else 0."""
    if not before[-_LOCATOR_SIZE:].startswith(_LOCATOR):
        return 0
    record = before[-_LOCATOR_SIZE - _ZIP64_END_SIZE : -_LOCATOR_SIZE]
    return int.from_bytes(record[40:48], "little") if record.startswith(_ZIP64_END) else 0


def _limit_size(stream: IO[bytes], size: int, limits: FileLimits) -> IO[bytes]:
    return io.BufferedReader(BoundedStream(stream, *_find_limit(size, limits)), _CHUNK)


def _find_limit(size: int, limits: FileLimits) -> tuple[int, str]:
    """The most bytes that a file of this packed size may unpack to, and the reason beyond that."""
    by_ratio = max(limits.harmless, size * limits.ratio)
    if by_ratio < limits.unpacked:
        return by_ratio, f"unpacks to more than {limits.ratio} times its size, as a zip bomb does"
    return limits.unpacked, f"unpacks to more than {limits.unpacked} bytes"
