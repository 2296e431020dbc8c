"""The ports to the clock and the files bucket."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import IO, Protocol


class Clock(Protocol):
    """The time of day in UTC."""

    def __call__(self) -> datetime: ...


class Files(Protocol):
    """The bucket into which sources drop files."""

    def open(self, key: str, etag: str = "") -> IO[bytes]:
        """Opens a file to read and seek in, never whole in memory.

        Raises `Rejected` if there is none. Raises `Conflict`, on opening or while reading, if the
        file is no longer the one with `etag`.
        """

    def exists(self, key: str) -> bool: ...

    def open_temporary(self) -> AbstractContextManager[IO[bytes]]:
        """Opens a temporary file, which lasts until the context ends."""

    def put(self, key: str, chunks: Iterable[bytes]) -> None: ...
