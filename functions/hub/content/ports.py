"""Ports: rendering of templates."""

from collections.abc import Mapping
from typing import Any, Protocol


class Renderer(Protocol):
    """The template language."""

    def render(
        self,
        body: Mapping[str, str],
        scope: Mapping[str, Any],
        snippets: Mapping[str, Mapping[str, str]] = ...,
    ) -> dict[str, str]:
        """Every part of a body rendered; a part named `html` is escaped as HTML. `snippets` are the
        parts of those that it may name. The same again gives the same, whatever the time.

        Raises `Missing` when it asks for what is not there, `Rejected` when it is wrong otherwise.
        """
