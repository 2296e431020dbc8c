"""Ports: marketers' rows and their rollback requests."""

from collections.abc import Sequence
from typing import Protocol

from hub.kernel.json_types import Json, JsonObject
from hub.publishing.domain.catalogue_diff import RowEdit


class RollbackRequests(Protocol):
    """A marketer's request to roll back, on the item with the newest catalogue's number."""

    def read_request(self) -> object:
        """Reads the request as the marketer typed it; None if there is none."""

    def complete(self, request: object, result: JsonObject) -> None:
        """Replaces the request by its result, unless there is another request by now."""


class CatalogueRows(Protocol):
    """The tables that marketers edit. A table is named `rules`, `templates`, ..."""

    def read_all(self) -> dict[str, list[dict[str, Json]]]:
        """Reads all rows of all tables."""

    def edit(self, edits: Sequence[RowEdit]) -> None:
        """Carries out the edits in their order, in transactions of a hundred."""

    def write_feedback(self, table: str, key: str, published: JsonObject) -> None:
        """Writes `published` on the row; a row that was deleted meanwhile stays deleted."""
