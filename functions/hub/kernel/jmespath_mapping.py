"""Mappings: JMESPath (https://jmespath.org) and the few functions that sources need beside it.

A mapping is a tree like the canonical event; its texts are expressions on the payload. The result
has no nulls and no empty groups. An evaluation takes a limited number of steps, which are counted,
and makes values of a limited size: an expression may double a list with every word.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import jmespath
from jmespath.parser import ParsedResult
from jmespath.visitor import Options, TreeInterpreter

from hub.kernel.errors import Rejected
from hub.kernel.jmespath_functions import MappingError, MappingFunctions, SourceTables
from hub.kernel.json_types import Json, JsonObject

_TOO_LARGE = 2**63
_MOST_STEPS = 500_000
_CHARACTERS_PER_STEP = 100
_LARGEST_VALUE = 1_000_000


class _LimitedInterpreter(TreeInterpreter):
    """Counts a step for each list, comparison and function that is evaluated on a value, for each
    member of a list and for each 100 characters that they make.

    What is between them, such as names, takes no more than the expression is long.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._steps = 0

    def visit_comparator(self, node: Any, value: Any) -> Any:
        return self._count(super().visit_comparator(node, value))

    def visit_function_expression(self, node: Any, value: Any) -> Any:
        return self._count(super().visit_function_expression(node, value))

    def visit_filter_projection(self, node: Any, value: Any) -> Any:
        return self._count(super().visit_filter_projection(node, value))

    def visit_projection(self, node: Any, value: Any) -> Any:
        return self._count(super().visit_projection(node, value))

    def visit_value_projection(self, node: Any, value: Any) -> Any:
        return self._count(super().visit_value_projection(node, value))

    def visit_flatten(self, node: Any, value: Any) -> Any:
        return self._count(super().visit_flatten(node, value))

    def visit_multi_select_dict(self, node: Any, value: Any) -> Any:
        return self._count_doubling(super().visit_multi_select_dict(node, value))

    def visit_multi_select_list(self, node: Any, value: Any) -> Any:
        return self._count_doubling(super().visit_multi_select_list(node, value))

    def _count(self, made: Any) -> Any:
        self._steps += 1
        if isinstance(made, str):
            self._steps += len(made) // _CHARACTERS_PER_STEP
        elif isinstance(made, list):
            self._steps += len(made)
        if self._steps > _MOST_STEPS:
            raise MappingError(f"takes more than {_MOST_STEPS:,} steps")
        return made

    def _count_doubling(self, made: Any) -> Any:
        """Counts a part that may hold one value several times, and so double what it is given."""
        _check_size(made)
        return self._count(made)


def _check_size(value: Json) -> None:
    size, values = 0, [value]
    while values:
        inner = values.pop()
        if isinstance(inner, str):
            size += len(inner)
        elif isinstance(inner, list | dict):
            size += len(inner)
            values += inner.values() if isinstance(inner, dict) else inner
        if size > _LARGEST_VALUE:
            raise MappingError(f"makes more than {_LARGEST_VALUE:,} characters")


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
            tree = _compile(expression).parsed
            value = _LimitedInterpreter(self._options).visit(tree, payload)
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
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
    if isinstance(error, RecursionError):
        return "is nested too deep"
    return str(error) if isinstance(error, MappingError) else type(error).__name__
