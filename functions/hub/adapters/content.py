"""Templates in Liquid (python-liquid), strict: what is missing is an error, not a blank."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from hub.domain.errors import Rejected

_TEXT = Environment(undefined=StrictUndefined)
_HTML = Environment(undefined=StrictUndefined, autoescape=True)


class LiquidRenderer:
    """A `Renderer`. Parsed templates are kept, as the same ones come again and again."""

    def render(self, body: Mapping[str, str], scope: Mapping[str, Any]) -> dict[str, str]:
        return {part: self._render(part, source, scope) for part, source in body.items()}

    def _render(self, part: str, source: str, scope: Mapping[str, Any]) -> str:
        try:
            return _parse(source, part == "html").render(**scope)
        except LiquidError as error:
            raise Rejected(str(error), part) from error


def syntax_problem(source: str) -> str | None:
    """Why `source` is no valid template, or None."""
    try:
        _parse(source, html=False)
    except LiquidError as error:
        return str(error)
    return None


@lru_cache(maxsize=256)
def _parse(source: str, html: bool) -> BoundTemplate:
    return (_HTML if html else _TEXT).from_string(source)
