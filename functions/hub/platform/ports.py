"""Ports: the clock and the files bucket."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import IO, Protocol


class Clock(Protocol):
    def __call__(self) -> datetime: ...


class Files(Protocol):
    """The bucket that files are dropped in."""

    def open(self, key: str, etag: str = "") -> IO[bytes]:
        """A file to read and seek in, never whole in memory. Raises `Rejected` where there is none
        and, then or while it is read, `Conflict` when it is not the one of `etag` any more."""

    def exists(self, key: str) -> bool: ...

    def open_temporary(self) -> AbstractContextManager[IO[bytes]]:
        """Room to write in, and to read again, until the context ends."""

    def put(self, key: str, chunks: Iterable[bytes]) -> None: ...
