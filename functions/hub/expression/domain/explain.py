"""Why an expression is false: its clauses, each with the values that it looks at."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from hub.expression.domain.compile import CompiledNode, compile_node
from hub.expression.domain.functions import FUNCTIONS
from hub.expression.domain.scope import Scope
from hub.expression.domain.tree import And, Call, Compare, Node, Not, Or, Path
from hub.kernel.times import to_iso

_MAX_LENGTH = 80
_as_json = json.JSONEncoder(default=str, ensure_ascii=False).encode


class FalseClause(NamedTuple):
    """A clause that is false, as the marketer wrote it.

    `saw` is the value that the clause looked at, or `missing`. If the clause looks at several, it
    is `name value, name value`."""

    clause: str
    saw: str


class ExplainedClause:
    """One clause of an expression's outermost `and`."""

    def __init__(self, node: Node, text: str) -> None:
        self.text = text[node.start : node.end]
        self.test = compile_node(node, clause=True)
        terms = {text[term.start : term.end]: term for term in _find_terms(node)}
        self._terms: list[tuple[str, CompiledNode]] = [
            (name, compile_node(term, clause=False)) for name, term in terms.items()
        ]

    def describe_values(self, scope: Scope) -> str:
        """Writes the values that the clause looks at, as `FalseClause.saw`."""
        if len(self._terms) == 1:
            ((_, value),) = self._terms
            return _format_value(value(*scope))
        return ", ".join(f"{name} {_format_value(value(*scope))}" for name, value in self._terms)


def explain_clauses(tree: Node, text: str) -> tuple[ExplainedClause, ...]:
    """Splits a tree at its outermost `and`."""
    clauses = tree.clauses if isinstance(tree, And) else (tree,)
    return tuple(ExplainedClause(clause, text) for clause in clauses)


def _find_terms(node: Node) -> Iterator[Node]:
    """Yields the fields and calls of a clause, from left to right.

    A call that reads more than its arguments is explained by its result, any other by its
    arguments."""
    match node:
        case And(clauses=parts) | Or(clauses=parts) | Compare(operands=parts):
            for part in parts:
                yield from _find_terms(part)
        case Not(clause=clause):
            yield from _find_terms(clause)
        case Path():
            yield node
        case Call(name=name) if FUNCTIONS[name].root_arguments:
            yield node
        case Call(arguments=arguments):
            for argument in arguments:
                yield from _find_terms(argument)


def _format_value(value: object) -> str:
    if value is None:
        return "missing"
    if isinstance(value, datetime):
        return to_iso(value)
    text = value if isinstance(value, str) else _as_json(value)
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}..."
