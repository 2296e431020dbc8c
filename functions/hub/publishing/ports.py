"""Ports: marketers' rows and their rollback requests."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.publishing.domain.catalogue_diff import RowEdit


class RollbackRequests(Protocol):
    """What a marketer wishes to roll back to: written where the newest number is told, and answered
    there."""

    def read_request(self) -> object:
        """As it was typed; None where nothing is asked."""

    def complete(self, request: object, result: Mapping[str, Any]) -> None:
        """Takes the wish away and puts the answer there, unless something else is asked by now."""


class CatalogueRows(Protocol):
    """The tables that marketers edit. A table is named `rules`, `templates`, ..."""

    def read_all(self) -> dict[str, list[dict[str, Any]]]: ...

    def edit(self, edits: Sequence[RowEdit]) -> None:
        """Carries them out in their order, a hundred at once or none of these."""

    def write_feedback(self, table: str, key: str, published: Mapping[str, Any]) -> None:
        """Writes `published` on the row; a row deleted in the meantime stays deleted."""
