"""A stream that gives out so many bytes and no more."""

import gzip
import io
import zipfile
import zlib
from typing import IO

from hub.kernel.errors import Rejected

_DAMAGE = (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error)


class BoundedStream(io.RawIOBase):
    """Raises `Rejected` with `reason` beyond `most` bytes since the last `reset`, and for what
    turns out to be damaged while it is unpacked."""

    def __init__(self, stream: IO[bytes], most: int, reason: str) -> None:
        self._stream, self._most, self._reason = stream, most, reason
        self._given = 0

    def reset(self) -> None:
        self._given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, which may be fewer before the end."""
        try:
            data = self._stream.read(size)
        except _DAMAGE as wrong:
            raise Rejected("is damaged: it cannot be unpacked to its end") from wrong
        self._given += len(data)
        if self._given > self._most:
            raise Rejected(self._reason)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a bytearray is all that is ever read into
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
