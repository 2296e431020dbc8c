"""Ports: published catalogues."""

from collections.abc import Mapping
from typing import Any, Protocol


class CatalogueStore(Protocol):
    """Published catalogues, numbered from 1 and never changed."""

    def read_newest_number(self) -> int:
        """Returns 0 before the first publication."""

    def load(self, number: int) -> dict[str, Any]:
        """Returns the snapshot: `number`, `rows` (table -> key -> row) and `html`."""

    def load_compiled(self, number: int) -> bytes | None:
        """Returns the compiled catalogue for this interpreter and release, or None."""

    def store_compiled(self, number: int, artifact: bytes) -> None:
        """Stores the compiled form of a published catalogue."""

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        """Stores the snapshot, and `artifact`, its compiled form, and makes it the newest.

        Raises `Conflict` unless the newest is `number - 1`.
        """
