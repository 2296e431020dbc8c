"""Templates in Liquid (python-liquid), strict: what is missing is an error, not a blank."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from hub.domain.errors import Rejected


class _Bounded(Environment):
    """No template, however written, may hold up the others or fill a message without end."""

    loop_iteration_limit = 10_000
    output_stream_limit = 200_000


_TEXT = _Bounded(undefined=StrictUndefined)
_HTML = _Bounded(undefined=StrictUndefined, autoescape=True)


class LiquidRenderer:
    """A `Renderer`. Parsed templates are kept, as the same ones come again and again.

    A subject is one line, whatever a name in it holds.
    """

    def render(self, body: Mapping[str, str], scope: Mapping[str, Any]) -> dict[str, str]:
        parts = {part: self._render(part, source, scope) for part, source in body.items()}
        if "subject" in parts:
            parts["subject"] = " ".join(parts["subject"].split())
        return parts

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
