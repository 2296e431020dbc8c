"""Packed files: gz, and zip with a file or many in it, each of its own name.

What they may unpack to is limited beforehand: an archive of a few bytes can hold terabytes.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, cast

from hub.intake.domain.file_records.bounded_stream import BoundedStream
from hub.kernel.errors import Rejected

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_CHUNK = 64 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_MOST_CONTENTS = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much one dropped file may be, in bytes and records. `ratio` is unpacked to packed and
    counts from `harmless` bytes on."""

    stored: int = 4 * 1024**3
    unpacked: int = 32 * 1024**3
    ratio: int = 200
    harmless: int = 16 * 1024**2
    members: int = 1000
    records: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Member:
    """A file to read: the one that was dropped, or one that was packed in it.

    `inside` is its path in a zip, empty for a file by itself.
    """

    name: str
    open: Callable[[], IO[bytes]]
    inside: str = ""


def list_members(name: str, stream: IO[bytes], limits: FileLimits) -> Iterator[Member]:
    """The files in a dropped file of that name. `stream` must seek. Raises `Rejected` for an
    archive that is damaged or too large; a member too large raises it when it is read."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > limits.stored:
        raise Rejected(f"has {size} bytes, the most is {limits.stored}")
    if name.lower().endswith(".zip"):
        yield from _read_zip(stream, size, limits)
    else:
        yield _unpack_gzip(Member(name, lambda: stream), size, limits)


def _unpack_gzip(member: Member, size: int, limits: FileLimits) -> Member:
    """The member itself, or what is in it where that is a gz."""
    if not member.name.lower().endswith(".gz"):
        return member
    return Member(
        member.name[: -len(".gz")],
        lambda: _limit_size(cast("IO[bytes]", gzip.GzipFile(fileobj=member.open())), size, limits),
        member.inside,
    )


def _read_zip(stream: IO[bytes], size: int, limits: FileLimits) -> Iterator[Member]:
    entries = [entry for entry in read_zip_contents(stream) if not entry.is_dir()]
    if len(entries) > limits.members:
        raise Rejected(f"holds {len(entries)} files, the most is {limits.members}")
    most, reason = _allowance(size, limits)
    if sum(entry.file_size for entry in entries) > most:
        raise Rejected(reason)
    archive = zipfile.ZipFile(stream)
    for entry in entries:
        member = Member(entry.filename, _opener(archive, entry, limits), entry.filename)
        yield _unpack_gzip(member, entry.compress_size, limits)


def _opener(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: FileLimits
) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        if entry.flag_bits & _ENCRYPTED:
            raise Rejected("is encrypted")
        if entry.compress_type not in _METHODS:
            raise Rejected("is packed by a method other than deflate")
        try:
            return _limit_size(archive.open(entry), entry.compress_size, limits)
        except zipfile.BadZipFile as wrong:
            raise Rejected("is damaged: its place in the archive is wrong") from wrong

    return opened


def read_zip_contents(stream: IO[bytes]) -> Sequence[zipfile.ZipInfo]:
    """What a zip says is in it. Raises `Rejected` for what is none, before a table of contents is
    read that would fill the memory."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _CHUNK - _END_SIZE))
    _, found, end = stream.read().rpartition(_END)
    if not found or len(end) < _END_SIZE - len(_END):
        raise Rejected("is damaged or no archive: it has no table of contents")
    if int.from_bytes(end[8:12], "little") > _MOST_CONTENTS:
        raise Rejected(f"has a table of contents of more than {_MOST_CONTENTS} bytes")
    try:
        return zipfile.ZipFile(stream).infolist()
    except (NotImplementedError, ValueError, zipfile.BadZipFile) as wrong:
        raise Rejected("is damaged: its table of contents cannot be read") from wrong


def _limit_size(stream: IO[bytes], size: int, limits: FileLimits) -> IO[bytes]:
    return io.BufferedReader(BoundedStream(stream, *_allowance(size, limits)), _CHUNK)


def _allowance(size: int, limits: FileLimits) -> tuple[int, str]:
    by_ratio = max(limits.harmless, size * limits.ratio)
    if by_ratio < limits.unpacked:
        return by_ratio, f"unpacks to more than {limits.ratio} times its size, as only a bomb does"
    return limits.unpacked, f"unpacks to more than {limits.unpacked} bytes"
