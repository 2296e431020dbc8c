"""An expression as alternatives, each a row of literals that must all hold.

This is its disjunctive normal form, bounded: what would multiply into more than `ALTERNATIVES` rows
stays one literal, "this piece of code is true", and is evaluated as such.
"""

from collections.abc import Callable, Iterable
from functools import partial

from hub.expression.domain.compile import (
    MIRRORED,
    clause_source,
    fixed_moment,
    pair_source,
    term_source,
)
from hub.expression.domain.rule_index.literal import Literal
from hub.expression.domain.tree import And, Call, Compare, Constant, Node, Not, Or, Scalar, Values

ALTERNATIVES = 16
Row = tuple[Literal, ...]
Part = tuple[list[Row], Callable[[], str]]
"""The alternatives of a part and, should they be too many, its source."""
_EQUAL = ("==", "!=")
_ORDERED = ("<", "<=", ">", ">=")


def alternatives(node: Node, *, negated: bool = False) -> list[Row]:
    """Rows of literals of which one holds just when `node` does (or, negated, does not)."""
    match node:
        case Not(clause=clause):
            return alternatives(clause, negated=not negated)
        case And(clauses=clauses) | Or(clauses=clauses):
            parts = [
                (alternatives(clause, negated=negated), partial(clause_source, clause))
                for clause in clauses
            ]
            all_hold = isinstance(node, And) is not negated
        case Compare():
            parts = [
                (_either(_pair(*pair), negated), partial(pair_source, *pair))
                for pair in node.pairs()
            ]
            all_hold = not negated
        case _:
            return [(_alone(node, negated),)]
    return _product(parts, negated) if all_hold else _sum(parts, node, negated)


def _sum(parts: Iterable[Part], node: Node, negated: bool) -> list[Row]:
    rows = [row for part, _ in parts for row in part]
    return rows if len(rows) <= ALTERNATIVES else [(_code(clause_source(node), negated),)]


def _product(parts: Iterable[Part], negated: bool) -> list[Row]:
    rows: list[Row] = [()]
    for part, source in parts:
        fits = len(rows) * len(part) <= ALTERNATIVES
        chosen = part if fits else [(_code(source(), negated),)]
        rows = [(*row, *more) for row in rows for more in chosen]
    return rows


def _either(row: Row, negated: bool) -> list[Row]:
    """One row as it is; negated, each of its literals turned round is an alternative."""
    if not negated:
        return [row]
    return [(Literal(one.term, one.shape, one.keys, not one.negated),) for one in row]


def _code(source: str, negated: bool = False) -> Literal:
    return Literal(source, "is", (True,), negated)


def _alone(node: Node, negated: bool) -> Literal:
    match node:
        case Call(name="starts_with", arguments=(text, Constant(value=str(start)))):
            return Literal(term_source(text), "starts", (start,), negated)
    return _code(term_source(node), negated)


def _pair(left: Node, sign: str, right: Node) -> Row:
    """The row of literals that one comparison is."""
    if isinstance(right, Values):
        return _among(term_source(left), sign, right.items)
    if isinstance(right, Constant) and sign not in ("in", "not in"):
        found = _fixed(term_source(left), sign, right.value)
    elif isinstance(left, Constant) and sign in MIRRORED:
        found = _fixed(term_source(right), MIRRORED[sign], left.value)
    else:
        found = None
    return found or (_code(pair_source(left, sign, right)),)


def _among(term: str, sign: str, items: tuple[str | int | float, ...]) -> Row:
    if sign == "in":
        return (Literal(term, "is", items),)
    return (Literal(term, "kind", ("scalar",)), Literal(term, "is", items, negated=True))


def _fixed(term: str, sign: str, value: Scalar) -> Row | None:
    """A value against a fixed one; None for the order of texts, which has no index."""
    if isinstance(value, bool):
        return (Literal(term, "is", (value == (sign == "=="),)),)
    if isinstance(value, str):
        moment = fixed_moment(value)
        if moment is None:
            return _equal(term, sign, value, "text") if sign in _EQUAL else None
        term, value = f"stamp({term})", moment
    if sign in _ORDERED:
        return (Literal(term, sign, (value,)),)
    return _equal(term, sign, value, "number")


def _equal(term: str, sign: str, value: Scalar, kind: str) -> Row:
    if sign == "==":
        return (Literal(term, "is", (value,)),)
    return (Literal(term, "kind", (kind,)), Literal(term, "is", (value,), negated=True))
