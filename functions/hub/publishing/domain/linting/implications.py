"""What follows from literals alone, whatever the data: that they exclude, or imply, each other."""

import operator
import re
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

from hub.expression.domain.rule_index.literal import Literal
from hub.expression.domain.rule_index.normal_form import Conjunction

_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def find_contradiction(row: Conjunction) -> str | None:
    """The value of which the row asks what cannot be at once; None if it may hold."""
    for one, two in combinations(row, 2):
        if one.term == two.term and _is_contradiction(one, two):
            return _to_field_path(one.term)
    return None


def implies(row: Conjunction, other: Conjunction) -> bool:
    """Whether `other` surely holds whenever `row` does. A no may be a don't know."""
    return all(any(_implies(one, two) for one in row) for two in other)


def _is_contradiction(one: Literal, two: Literal) -> bool:
    if one.negated and two.negated:
        return False
    if one.negated or two.negated:
        positive, negative = (two, one) if one.negated else (one, two)
        return _implies(positive, _negate(negative))
    if two.shape == "is":
        one, two = two, one
    if one.shape == "is":
        return not any(_allows(two, key) for key in one.keys)
    kinds = {_kind_of_literal(one), _kind_of_literal(two)} - {"scalar"}
    return len(kinds) > 1 or _is_disjoint(one, two)


def _implies(one: Literal, two: Literal) -> bool:
    if one == two:
        return True
    if one.term != two.term or one.negated != two.negated:
        return False
    if one.negated:
        return _implies(_negate(two), _negate(one))
    if one.shape == "is":
        return all(_allows(two, key) for key in one.keys)
    return _is_within(one, two)


def _negate(literal: Literal) -> Literal:
    return Literal(literal.term, literal.shape, literal.keys, not literal.negated)


def _allows(literal: Literal, key: Any) -> bool:
    """Whether a positive literal holds of this value."""
    if literal.shape == "is":
        return any(
            _kind_of_key(key) == _kind_of_key(known) and key == known for known in literal.keys
        )
    if literal.shape == "kind":
        return literal.keys[0] in ("scalar", _kind_of_key(key))
    if literal.shape == "starts":
        return isinstance(key, str) and key.startswith(str(literal.keys[0]))
    if literal.shape in _TESTS:
        return _kind_of_key(key) == "number" and _TESTS[literal.shape](key, literal.keys[0])
    return True


def _kind_of_key(key: Any) -> str:
    if isinstance(key, bool):
        return "flag"
    return "text" if isinstance(key, str) else "number"


def _kind_of_literal(literal: Literal) -> str:
    """The kind of value that a positive literal other than `is` wants; a bound wants a number."""
    if literal.shape == "kind":
        return str(literal.keys[0])
    return {"starts": "text", "state": "state"}.get(literal.shape, "number")


def _is_disjoint(one: Literal, two: Literal) -> bool:
    """Bounds from both sides with nothing in between."""
    if {one.shape[0], two.shape[0]} != {"<", ">"}:
        return False
    low, high = (one, two) if one.shape[0] == ">" else (two, one)
    least: Any = low.keys[0]
    most: Any = high.keys[0]
    return bool(least > most or (least == most and {low.shape, high.shape} != {"<=", ">="}))


def _is_within(one: Literal, two: Literal) -> bool:
    """A bound within a bound of the same side, a beginning within a shorter one."""
    if one.shape == two.shape == "starts":
        return str(one.keys[0]).startswith(str(two.keys[0]))
    if one.shape in _TESTS and two.shape in _TESTS and one.shape[0] == two.shape[0]:
        same = one.keys[0] == two.keys[0]
        return (same and len(one.shape) < len(two.shape)) or _is_tighter(one, two)
    return two.shape == "kind" and two.keys[0] in ("scalar", _kind_of_literal(one))


def _is_tighter(one: Literal, two: Literal) -> bool:
    mine, theirs = one.keys[0], two.keys[0]
    return bool(_TESTS[one.shape[0]](mine, theirs))


def _to_field_path(term: str) -> str:
    """The value as a marketer writes it: `customer.loyalty.tier`."""
    term = re.sub(r"^stamp\((.*)\)$", r"\1", term)
    if reached := re.fullmatch(r"reach\((.*)\)", term):
        term = ".".join(part.strip("'") for part in reached[1].split(", "))
    term = re.sub(r"\.get\('([^']*)'\)", r".\1", term)
    given = r"(?<=\()(event, customer, now|surroundings)(, )?"
    return re.sub(given, "", term.replace("event.properties.", "event."))
