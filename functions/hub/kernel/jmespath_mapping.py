"""Mappings: JMESPath (https://jmespath.org) and the few functions that sources need beside it.

A mapping is a tree like the canonical event; its texts are expressions on the payload. The result
has no nulls and no empty groups.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache

import jmespath
from jmespath.parser import ParsedResult

from hub.kernel.errors import Rejected
from hub.kernel.jmespath_functions import MappingError, MappingFunctions, SourceTables
from hub.kernel.json_types import Json, JsonObject

_TOO_LARGE = 2**63


class Mapper:
    """Evaluates expressions on payloads, with the tables of one source.

    `received_at` is the time of a payload whose vendor sends no time.
    """

    def __init__(self, tables: SourceTables, received_at: datetime | None = None) -> None:
        functions = MappingFunctions(tables, received_at)
        self._options = jmespath.Options(custom_functions=functions)

    def evaluate(self, expression: str, payload: Json, field: str) -> Json:
        """Returns the expression's value. Raises `Rejected` with `field` if it has none."""
        try:
            value = _compile(expression).search(payload, self._options)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise Rejected(f"cannot be mapped: {_describe(error)}", field) from error
        if isinstance(value, int | float) and not abs(value) < _TOO_LARGE:
            raise Rejected("cannot be mapped: is not a number of a usable size", field)
        return value

    def evaluate_tree(self, tree: JsonObject, payload: Json, path: str = "") -> dict[str, Json]:
        """Returns the tree with the values of its expressions. Raises `Rejected`."""
        values: dict[str, Json] = {}
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


def _describe(error: Exception) -> str:
    """The text of our own errors; the library's texts quote values, which may be personal."""
    return str(error) if isinstance(error, MappingError) else type(error).__name__
