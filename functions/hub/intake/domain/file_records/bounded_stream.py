"""A stream with a limit of bytes."""

import gzip
import io
import zipfile
import zlib
from typing import IO

from hub.kernel.errors import Rejected

_DAMAGE = (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error)


class BoundedStream(io.RawIOBase):
    """Raises `Rejected` with `reason` beyond `most` bytes since the last `reset`, and for damage
    that shows while it unpacks."""

    def __init__(self, stream: IO[bytes], most: int, reason: str) -> None:
        self._stream, self._most, self._reason = stream, most, reason
        self._count = 0

    def reset(self) -> None:
        """Starts to count from zero."""
        self._count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Returns at most `size` bytes, and perhaps fewer before the end."""
        try:
            data = self._stream.read(size)
        except _DAMAGE as error:
            raise Rejected("is damaged: it does not unpack to its end") from error
        self._count += len(data)
        if self._count > self._most:
            raise Rejected(self._reason)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # a bytearray is all that is ever read into
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()
