"""Writes a checked tree as one Python expression and compiles that: the hot path of every event.

Nothing but fixed names, `repr` of texts and numbers, and signs of the language is ever written.
Where one side of a comparison is fixed, its kind is known and the code tests the other side's only.
"""

import re
from collections.abc import Callable
from datetime import datetime
from types import CodeType
from typing import Any

from hub.expression.domain.compare import NUMBERS, SCALARS, contained, holds, left_out, reach
from hub.expression.domain.dates import stamp
from hub.expression.domain.functions import FUNCTIONS
from hub.expression.domain.tree import (
    And,
    Call,
    Compare,
    Constant,
    Node,
    Not,
    Or,
    Path,
    Scalar,
    Values,
)
from hub.model.customer import Customer
from hub.model.event import Event
from hub.surroundings.domain.surroundings import Surroundings

Verdict = Callable[[Event, Customer, datetime, Surroundings], Any]
_NAMES: dict[str, Any] = {
    "__builtins__": {},
    "NUMBERS": NUMBERS,
    "SCALARS": SCALARS,
    "contained": contained,
    "holds": holds,
    "left_out": left_out,
    "reach": reach,
    "stamp": stamp,
    "str": str,
    "type": type,
    **{name: function.call for name, function in FUNCTIONS.items()},
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\S+)?", re.ASCII)
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def compiled(node: Node, *, clause: bool) -> Verdict:
    """The function of a clause (giving a bool) or of a term (giving its value)."""
    return function_of(code_of(clause_source(node) if clause else term_source(node)))


def code_of(source: str) -> CodeType:
    """What `function_of` makes a function of, in this process or in another of this release."""
    return compile(f"lambda event, customer, now, surroundings: {source}", "<rule>", "eval")


def function_of(code: CodeType) -> Verdict:
    verdict: Verdict = eval(code, _NAMES)  # noqa: S307 made of our own sources only
    return verdict


def clause_source(node: Node) -> str:
    match node:
        case And(clauses=clauses):
            return f"({' and '.join(map(clause_source, clauses))})"
        case Or(clauses=clauses):
            return f"({' or '.join(map(clause_source, clauses))})"
        case Not(clause=clause):
            return f"(not {clause_source(clause)})"
        case Compare():
            return f"({' and '.join(pair_source(*pair) for pair in node.pairs())})"
    return f"({term_source(node)} is True)"


def term_source(node: Node) -> str:
    match node:
        case Constant(value=value):
            return repr(value)
        case Values(items=items):
            return repr(items)
        case Path(names=names):
            return _path(*names)
        case Call(name=name, arguments=arguments, options=options):
            given = [*FUNCTIONS[name].given, *map(term_source, arguments)]
            named = [f"{option}={value!r}" for option, value in options.items()]
            return f"{name}({', '.join([*given, *named])})"
    return clause_source(node)


def _path(root: str, *names: str) -> str:
    if not names:
        return root
    owner = f"{root}.{names[0]}"
    match names[1:]:
        case ():
            return owner
        case (name,):
            return f"{owner}.get({name!r})"
        case deeper:
            return f"reach({owner}, {', '.join(map(repr, deeper))})"


def pair_source(left: Node, sign: str, right: Node) -> str:
    if sign in ("in", "not in"):
        return _within(term_source(left), sign, right)
    if isinstance(right, Constant):
        return _with_fixed(term_source(left), sign, right.value)
    if isinstance(left, Constant):
        return _with_fixed(term_source(right), MIRRORED[sign], left.value)
    return f"holds({sign!r}, {term_source(left)}, {term_source(right)})"


def fixed_moment(value: str) -> float | None:
    """The moment that a text of the expression stands for, if it is written as a date."""
    return stamp(value) if _DATE.fullmatch(value) else None


def _with_fixed(term: str, sign: str, value: Scalar) -> str:
    if isinstance(value, bool):
        return f"({term} is {value == (sign == '==')})"
    if not isinstance(value, str):
        return f"(type(v := {term}) in NUMBERS and v {sign} {value!r})"
    if (at := fixed_moment(value)) is not None:
        return f"((v := stamp({term})) is not None and v {sign} {at!r})"
    if sign == "==":
        return f"({term} == {value!r})"
    return f"(type(v := {term}) is str and v {sign} {value!r})"


def _within(term: str, sign: str, right: Node) -> str:
    if not isinstance(right, Values):
        return f"{'contained' if sign == 'in' else 'left_out'}({term}, {term_source(right)})"
    kind = "is str" if isinstance(right.items[0], str) else "in NUMBERS"
    among = f"type(v) {kind} and v in {{{', '.join(map(repr, right.items))}}}"
    there = f"type(v := {term}) in SCALARS"
    return f"({there} and {among})" if sign == "in" else f"({there} and not ({among}))"
