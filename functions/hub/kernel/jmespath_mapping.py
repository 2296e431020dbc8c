"""Mappings: JMESPath (https://jmespath.org) and the few functions that sources need beside it.

A mapping is a tree like the canonical event; its texts are expressions on the payload. What comes
out as null is left out, and so is a group of which nothing is left.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import jmespath
from jmespath.parser import ParsedResult

from hub.kernel.errors import Rejected
from hub.kernel.jmespath_functions import MappingError, MappingFunctions, SourceTables

_TOO_LARGE = 2**63


class Mapper:
    """Evaluates expressions on payloads, with one source's tables; `received_at` is for those
    whose vendor does not say when it happened."""

    def __init__(self, tables: SourceTables, received_at: datetime | None = None) -> None:
        functions = MappingFunctions(tables, received_at)
        self._options = jmespath.Options(custom_functions=functions)

    def evaluate(self, expression: str, payload: Any, field: str) -> Any:
        """Raises `Rejected` naming `field` when the expression cannot be evaluated."""
        try:
            found = _compile(expression).search(payload, self._options)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise Rejected(f"cannot be mapped: {_words(error)}", field) from error
        if isinstance(found, int | float) and not abs(found) < _TOO_LARGE:
            raise Rejected("cannot be mapped: is no number of a usable size", field)
        return found

    def evaluate_tree(
        self, tree: Mapping[str, Any], payload: Any, path: str = ""
    ) -> dict[str, Any]:
        """The tree with its expressions' values."""
        values: dict[str, Any] = {}
        for name, node in tree.items():
            field = f"{path}.{name}" if path else name
            value = (
                self.evaluate_tree(node, payload, field) or None
                if isinstance(node, Mapping)
                else self.evaluate(node, payload, field)
                if isinstance(node, str)
                else node
            )
            if value is not None:
                values[name] = value
        return values


@cache
def _compile(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


def _words(error: Exception) -> str:
    """Our own errors in their words; the library's would quote the value, which may be personal."""
    return str(error) if isinstance(error, MappingError) else type(error).__name__
