"""Whether literals contradict or imply each other, for any data."""

import operator
import re
from collections.abc import Callable, Mapping
from itertools import combinations

from hub.expression.domain.rule_index.literal import Literal, LiteralKey
from hub.expression.domain.rule_index.lookup_tables import read_bound
from hub.expression.domain.rule_index.normal_form import Conjunction

_TESTS: Mapping[str, Callable[..., bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def find_contradiction(row: Conjunction) -> str | None:
    """Finds the field whose tests in the row contradict each other; None if the row can be true."""
    for literal, other in combinations(row, 2):
        if literal.term == other.term and _is_contradiction(literal, other):
            return _to_field_path(literal.term)
    return None


def implies(row: Conjunction, other: Conjunction) -> bool:
    """Whether `other` certainly holds if `row` does. False may also mean that nobody can tell."""
    return all(any(_implies(premise, literal) for premise in row) for literal in other)


def _is_contradiction(literal: Literal, other: Literal) -> bool:
    if literal.negated and other.negated:
        return False
    if literal.negated or other.negated:
        positive, negative = (other, literal) if literal.negated else (literal, other)
        return _implies(positive, _negate(negative))
    if other.shape == "is":
        literal, other = other, literal
    if literal.shape == "is":
        return not any(_allows(other, key) for key in literal.keys)
    kinds = {_kind_of_literal(literal), _kind_of_literal(other)} - {"scalar"}
    return len(kinds) > 1 or _is_disjoint(literal, other)


def _implies(premise: Literal, literal: Literal) -> bool:
    if premise == literal and _list_kinds(premise) == _list_kinds(literal):
        return True
    if premise.term != literal.term or premise.negated != literal.negated:
        return False
    if premise.negated:
        return _implies(_negate(literal), _negate(premise))
    if premise.shape == "is":
        return all(_allows(literal, key) for key in premise.keys)
    return _is_within(premise, literal)


def _negate(literal: Literal) -> Literal:
    return Literal(literal.term, literal.shape, literal.keys, not literal.negated)


def _allows(literal: Literal, key: LiteralKey) -> bool:
    """Whether a positive literal holds for this value."""
    if literal.shape == "is":
        return any(
            _kind_of_key(key) == _kind_of_key(other) and key == other for other in literal.keys
        )
    if literal.shape == "kind":
        return literal.keys[0] in ("scalar", _kind_of_key(key))
    if literal.shape == "starts":
        return isinstance(key, str) and key.startswith(str(literal.keys[0]))
    if literal.shape in _TESTS:
        return _kind_of_key(key) == "number" and _TESTS[literal.shape](key, literal.keys[0])
    return True


def _kind_of_key(key: LiteralKey) -> str:
    if isinstance(key, bool):
        return "flag"
    return "text" if isinstance(key, str) else "number"


def _list_kinds(literal: Literal) -> list[str]:
    """The kinds of the keys: to Python False and 0 are equal."""
    return [_kind_of_key(key) for key in literal.keys]


def _kind_of_literal(literal: Literal) -> str:
    """The kind of value that a positive literal other than `is` requires; a bound: a number."""
    if literal.shape == "kind":
        return str(literal.keys[0])
    return {"starts": "text", "state": "state"}.get(literal.shape, "number")


def _is_disjoint(literal: Literal, other: Literal) -> bool:
    """Whether a lower and an upper bound leave no number between them."""
    if {literal.shape[0], other.shape[0]} != {"<", ">"}:
        return False
    low, high = (literal, other) if literal.shape[0] == ">" else (other, literal)
    least, most = read_bound(low), read_bound(high)
    return least > most or (least == most and {low.shape, high.shape} != {"<=", ">="})


def _is_within(literal: Literal, other: Literal) -> bool:
    """Whether a bound is within another of the same side, or a prefix starts with a shorter one."""
    if literal.shape == other.shape == "starts":
        return str(literal.keys[0]).startswith(str(other.keys[0]))
    if literal.shape in _TESTS and other.shape in _TESTS and literal.shape[0] == other.shape[0]:
        same = literal.keys[0] == other.keys[0]
        return (same and len(literal.shape) < len(other.shape)) or _is_tighter(literal, other)
    return other.shape == "kind" and other.keys[0] in ("scalar", _kind_of_literal(literal))


def _is_tighter(literal: Literal, other: Literal) -> bool:
    return _TESTS[literal.shape[0]](literal.keys[0], other.keys[0])


def _to_field_path(term: str) -> str:
    """Writes the source of a value as a marketer does: `customer.loyalty.tier`."""
    term = re.sub(r"^stamp\((.*)\)$", r"\1", term)
    if deep_path := re.fullmatch(r"reach\((.*)\)", term):
        term = ".".join(part.strip("'") for part in deep_path[1].split(", "))
    term = re.sub(r"\.get\('([^']*)'\)", r".\1", term)
    roots = r"event, customer, now|customer, now, surroundings\.owner_zone|surroundings"
    root_arguments = rf"(?<=\()({roots})(, )?"
    return re.sub(root_arguments, "", term.replace("event.properties.", "event."))
