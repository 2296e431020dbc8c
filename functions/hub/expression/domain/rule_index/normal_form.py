"""Converts an expression to alternatives, each a row of literals that must all hold.

This is its disjunctive normal form, with a limit. A part that would give more than
`MAX_ALTERNATIVES` rows stays one literal: "this code is true".
"""

from collections.abc import Callable, Iterable
from functools import partial

from hub.expression.domain.compile import (
    MIRRORED_SIGNS,
    parse_fixed_moment,
    write_clause,
    write_comparison,
    write_term,
)
from hub.expression.domain.rule_index.literal import Literal
from hub.expression.domain.tree import And, Call, Compare, Constant, Node, Not, Or, Scalar, Values

MAX_ALTERNATIVES = 16
Conjunction = tuple[Literal, ...]
PartAlternatives = tuple[list[Conjunction], Callable[[], str]]
"""The alternatives of a part, and its source, which is needed if they are too many."""
_EQUAL = ("==", "!=")
_ORDERED = ("<", "<=", ">", ">=")


def to_normal_form(node: Node, *, negated: bool = False) -> list[Conjunction]:
    """Converts a node to rows of literals. One row holds exactly if `node` does, or, negated, if it
    does not."""
    match node:
        case Not(clause=clause):
            return to_normal_form(clause, negated=not negated)
        case And(clauses=clauses) | Or(clauses=clauses):
            parts = [
                (to_normal_form(clause, negated=negated), partial(write_clause, clause))
                for clause in clauses
            ]
            all_hold = isinstance(node, And) is not negated
        case Compare():
            parts = [
                (
                    _to_alternatives(_comparison_literals(*pair), negated),
                    partial(write_comparison, *pair),
                )
                for pair in node.pairs()
            ]
            all_hold = not negated
        case _:
            return [(_to_literal(node, negated),)]
    return (
        _multiply_alternatives(parts, negated)
        if all_hold
        else _join_alternatives(parts, node, negated)
    )


def _join_alternatives(
    parts: Iterable[PartAlternatives], node: Node, negated: bool
) -> list[Conjunction]:
    rows = [row for part, _ in parts for row in part]
    return (
        rows if len(rows) <= MAX_ALTERNATIVES else [(_code_literal(write_clause(node), negated),)]
    )


def _multiply_alternatives(parts: Iterable[PartAlternatives], negated: bool) -> list[Conjunction]:
    rows: list[Conjunction] = [()]
    for part, source in parts:
        fits = len(rows) * len(part) <= MAX_ALTERNATIVES
        chosen = part if fits else [(_code_literal(source(), negated),)]
        rows = [(*row, *more) for row in rows for more in chosen]
    return rows


def _to_alternatives(row: Conjunction, negated: bool) -> list[Conjunction]:
    """Returns the row; if negated, one alternative for each of its literals, negated."""
    if not negated:
        return [row]
    return [
        (Literal(literal.term, literal.shape, literal.keys, not literal.negated),)
        for literal in row
    ]


def _code_literal(source: str, negated: bool = False) -> Literal:
    return Literal(source, "is", (True,), negated)


def _to_literal(node: Node, negated: bool) -> Literal:
    match node:
        case Call(name="starts_with", arguments=(text, Constant(value=str(start)))):
            return Literal(write_term(text), "starts", (start,), negated)
    return _code_literal(write_term(node), negated)


def _comparison_literals(left: Node, sign: str, right: Node) -> Conjunction:
    """Converts one comparison to a row of literals."""
    if isinstance(right, Values):
        return _membership_literals(write_term(left), sign, right.items)
    if isinstance(right, Constant) and sign not in ("in", "not in"):
        literals = _literals_for_value(write_term(left), sign, right.value)
    elif isinstance(left, Constant) and sign in MIRRORED_SIGNS:
        literals = _literals_for_value(write_term(right), MIRRORED_SIGNS[sign], left.value)
    else:
        literals = None
    return literals or (_code_literal(write_comparison(left, sign, right)),)


def _membership_literals(term: str, sign: str, items: tuple[str | int | float, ...]) -> Conjunction:
    if sign == "in":
        return (Literal(term, "is", items),)
    return (Literal(term, "kind", ("scalar",)), Literal(term, "is", items, negated=True))


def _literals_for_value(term: str, sign: str, value: Scalar) -> Conjunction | None:
    """Converts a comparison with a fixed value; None for the order of texts, which has no index."""
    if isinstance(value, bool):
        return (Literal(term, "is", (value == (sign == "=="),)),)
    if isinstance(value, str):
        moment = parse_fixed_moment(value)
        if moment is None:
            return _equality_literals(term, sign, value, "text") if sign in _EQUAL else None
        term, value = f"stamp({term})", moment
    if sign in _ORDERED:
        return (Literal(term, sign, (value,)),)
    return _equality_literals(term, sign, value, "number")


def _equality_literals(term: str, sign: str, value: Scalar, kind: str) -> Conjunction:
    if sign == "==":
        return (Literal(term, "is", (value,)),)
    return (Literal(term, "kind", (kind,)), Literal(term, "is", (value,), negated=True))
