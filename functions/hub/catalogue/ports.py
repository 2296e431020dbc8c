"""Ports: published catalogues."""

from collections.abc import Mapping
from typing import Any, Protocol


class CatalogueStore(Protocol):
    """Published catalogues: immutable, numbered from 1."""

    def read_newest_number(self) -> int:
        """0 before the first publication."""

    def load(self, number: int) -> dict[str, Any]: ...

    def load_compiled(self, number: int) -> bytes | None:
        """The catalogue as it was prebuilt for this interpreter and release, if it was."""

    def store_compiled(self, number: int, artifact: bytes) -> None:
        """Stores the prebuilt form of a published catalogue."""

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        """Raises `Conflict` unless the newest is `number - 1`."""
