"""Compiles a checked tree to one Python expression: the hot path of every event.

The source contains nothing but fixed names, `repr` of texts and numbers, and signs of the language.
If one side of a comparison is fixed, its kind is known: the code tests the kind of the other side
only.
"""

import re
from collections.abc import Callable
from datetime import datetime
from types import CodeType

from hub.expression.domain.compare import (
    NUMBERS,
    SCALARS,
    compare_values,
    is_contained,
    is_left_out,
    reach,
)
from hub.expression.domain.dates import to_timestamp
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

CompiledNode = Callable[[Event, Customer, datetime, Surroundings], object]
_NAMES: dict[str, object] = {
    "__builtins__": {},
    "NUMBERS": NUMBERS,
    "SCALARS": SCALARS,
    "contained": is_contained,
    "holds": compare_values,
    "left_out": is_left_out,
    "reach": reach,
    "stamp": to_timestamp,
    "str": str,
    "type": type,
    **{name: function.call for name, function in FUNCTIONS.items()},
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\S+)?", re.ASCII)
MIRRORED_SIGNS = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def compile_node(node: Node, *, clause: bool) -> CompiledNode:
    """Compiles a clause to a function returning a bool, or a term to one returning its value."""
    return load_code(compile_source(write_clause(node) if clause else write_term(node)))


def compile_source(source: str) -> CodeType:
    """Compiles a source to code for `load_code`, in this process or another of this release."""
    return compile(f"lambda event, customer, now, surroundings: {source}", "<rule>", "eval")


def load_code(code: CodeType) -> CompiledNode:
    """Makes the function of what `compile_source` compiled."""
    compiled: CompiledNode = eval(code, _NAMES)  # noqa: S307 made of our own sources only
    return compiled


def write_clause(node: Node) -> str:
    """Writes the source of a node that is true or false."""
    match node:
        case And(clauses=clauses):
            return f"({' and '.join(map(write_clause, clauses))})"
        case Or(clauses=clauses):
            return f"({' or '.join(map(write_clause, clauses))})"
        case Not(clause=clause):
            return f"(not {write_clause(clause)})"
        case Compare():
            return f"({' and '.join(write_comparison(*pair) for pair in node.pairs())})"
    return f"({write_term(node)} is True)"


def write_term(node: Node) -> str:
    """Writes the source of a node's value."""
    match node:
        case Constant(value=value):
            return repr(value)
        case Values(items=items):
            return repr(items)
        case Path(names=names):
            return _write_path(*names)
        case Call(name=name, arguments=arguments, options=options):
            positional = [*FUNCTIONS[name].root_arguments, *map(write_term, arguments)]
            named = [f"{option}={value!r}" for option, value in options.items()]
            return f"{name}({', '.join([*positional, *named])})"
    return write_clause(node)


def _write_path(root: str, *names: str) -> str:
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


def write_comparison(left: Node, sign: str, right: Node) -> str:
    """Writes the source of one comparison."""
    if sign in ("in", "not in"):
        return _write_membership(write_term(left), sign, right)
    if isinstance(right, Constant):
        return _write_fixed_comparison(write_term(left), sign, right.value)
    if isinstance(left, Constant):
        return _write_fixed_comparison(write_term(right), MIRRORED_SIGNS[sign], left.value)
    return f"holds({sign!r}, {write_term(left)}, {write_term(right)})"


def parse_fixed_moment(value: str) -> float | None:
    """Reads a text of the expression as a moment, in seconds since 1970; None if it is no date."""
    return to_timestamp(value) if _DATE.fullmatch(value) else None


def _write_fixed_comparison(term: str, sign: str, value: Scalar) -> str:
    if isinstance(value, bool):
        return f"({term} is {value == (sign == '==')})"
    if not isinstance(value, str):
        return f"(type(v := {term}) in NUMBERS and v {sign} {value!r})"
    if (at := parse_fixed_moment(value)) is not None:
        return f"((v := stamp({term})) is not None and v {sign} {at!r})"
    if sign == "==":
        return f"({term} == {value!r})"
    return f"(type(v := {term}) is str and v {sign} {value!r})"


def _write_membership(term: str, sign: str, right: Node) -> str:
    if not isinstance(right, Values):
        return f"{'contained' if sign == 'in' else 'left_out'}({term}, {write_term(right)})"
    kind = "is str" if isinstance(right.items[0], str) else "in NUMBERS"
    among = f"type(v) {kind} and v in {{{', '.join(map(repr, right.items))}}}"
    present = f"type(v := {term}) in SCALARS"
    return f"({present} and {among})" if sign == "in" else f"({present} and not ({among}))"
