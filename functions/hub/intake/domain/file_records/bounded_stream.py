"""A stream with a limit of bytes."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from typing import IO

from hub.kernel.errors import Rejected

_DAMAGE = (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error)


class BoundedStream(io.RawIOBase):
    """Raises `Rejected` with `reason` beyond `most` bytes since the last `reset`, and for damage
    that shows while it unpacks."""

    def __init__(self, stream: IO[bytes], most: int, reason: str) -> None:
        self._stream, self._most, self._reason = stream, most, reason
        self.count = 0

    def reset(self) -> int:
        """Starts to count from zero. Returns the bytes until now."""
        count, self.count = self.count, 0
        return count

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Returns at most `size` bytes, and perhaps fewer before the end."""
        try:
            data = self._stream.read(size)
        except _DAMAGE as error:
            raise Rejected("is damaged: it does not unpack to its end") from error
        self.count += len(data)
        if self.count > self._most:
            raise Rejected(self._reason)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a bytearray is all that is ever read into
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


class PackedStream(io.RawIOBase):
    """The packed bytes of a gz. Raises `Rejected` if they are twice what they unpack to and `spare`
    bytes more.

    `count_unpacked` says how many bytes they have unpacked to.
    """

    def __init__(self, stream: IO[bytes], spare: int) -> None:
        self._stream, self._spare, self._count = stream, spare, 0
        self.count_unpacked: Callable[[], int] = lambda: 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._count > 2 * self.count_unpacked() + self._spare:
            raise Rejected("is packed in pieces that hold nothing")
        data = self._stream.read(size)
        self._count += len(data)
        return data

    def close(self) -> None:
        self._stream.close()
        super().close()
