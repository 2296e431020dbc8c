"""Ports: rendering of templates."""

from collections.abc import Mapping
from typing import Protocol

from hub.content.domain.render_budget import RenderBudget
from hub.kernel.json_types import JsonObject


class Renderer(Protocol):
    """The template language."""

    def render(
        self,
        body: Mapping[str, str],
        scope: JsonObject,
        snippets: Mapping[str, Mapping[str, str]] = ...,
        total: RenderBudget | None = ...,
    ) -> dict[str, str]:
        """Renders every part of a body; a part named `html` is escaped as HTML.

        `snippets` are the parts of the snippets that it may name. The result does not depend on the
        time. Every part has a budget of its own. Its steps also count in `total`, the budget of
        several renders. Raises `Missing` if a variable is missing, `OverBudget` for a text that is
        over its budget and `Rejected` for any other mistake.
        """
