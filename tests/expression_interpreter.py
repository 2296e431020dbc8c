"""A plain interpreter of the expression language: slow, readable, what the others are held to."""

import re
from datetime import datetime
from typing import Any

from hub.expression.domain import Scope
from hub.expression.domain.tree import And, Call, Compare, Constant, Node, Not, Or, Path, Values
from hub.kernel.times import parse_time

DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\S+)?")

AROUND = {
    "stock": ("stock", "available"),
    "free_slots": ("queues", "free"),
    "promotion": ("promotions", "active"),
}


def holds(node: Node, scope: Scope) -> bool:
    match node:
        case And(clauses=clauses):
            return all(holds(clause, scope) for clause in clauses)
        case Or(clauses=clauses):
            return any(holds(clause, scope) for clause in clauses)
        case Not(clause=clause):
            return not holds(clause, scope)
        case Compare():
            return all(pair_holds(left, sign, right, scope) for left, sign, right in node.pairs())
    return value(node, scope) is True


def value(node: Node, scope: Scope) -> Any:
    match node:
        case Constant(value=constant):
            return constant
        case Values(items=items):
            return list(items)
        case Call(name=name, arguments=arguments):
            return call(name, [value(argument, scope) for argument in arguments], scope)
        case Path(names=names):
            found: Any = scope
            for name in names:
                found = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
            return found
    raise AssertionError(node)


def call(name: str, given_values: list[Any], scope: Scope) -> Any:
    first = given_values[0]
    match name:
        case "stock" | "free_slots" | "promotion":
            return around(name, first, scope)
        case "known":
            return first is not None
        case "size":
            return len(first) if isinstance(first, str | list) else None
        case "starts_with":
            return isinstance(first, str) and first[: len(given_values[1])] == given_values[1]
    return getattr(first, name)() if isinstance(first, str) else None


def around(name: str, key: Any, scope: Scope) -> Any:
    facts, member = AROUND[name]
    known = getattr(scope.surroundings, facts)
    said = known[key].get(member) if isinstance(key, str) and key in known else None
    return said is True if name == "promotion" else said


def pair_holds(left: Node, sign: str, right: Node, scope: Scope) -> bool:
    one, two = value(left, scope), value(right, scope)
    if sign in ("in", "not in"):
        return within(one, two) is (sign == "in")
    if is_moment(left, one) or is_moment(right, two):
        one, two = as_moment(one), as_moment(two)
    if one is None or two is None or kind(one) != kind(two) or kind(one) == "other":
        return False
    verdict: bool = {
        "==": lambda: one == two,
        "!=": lambda: one != two,
        "<": lambda: one < two,
        "<=": lambda: one <= two,
        ">": lambda: one > two,
        ">=": lambda: one >= two,
    }[sign]()
    return verdict


def within(one: Any, two: Any) -> bool | None:
    """None when the question makes no sense, which makes both `in` and `not in` false."""
    if isinstance(two, str):
        return one in two if isinstance(one, str) else None
    if not isinstance(two, list) or kind(one) not in ("number", "text", "flag"):
        return None
    return any(kind(item) == kind(one) and item == one for item in two)


def kind(item: Any) -> str:
    if isinstance(item, bool):
        return "flag"
    if isinstance(item, int | float):
        return "number"
    if isinstance(item, str):
        return "text"
    return "moment" if isinstance(item, datetime) else "other"


def is_moment(node: Node, item: Any) -> bool:
    if isinstance(node, Constant) and isinstance(item, str) and DATE.fullmatch(item):
        return as_moment(item) is not None
    return isinstance(item, datetime)


def as_moment(item: Any) -> datetime | None:
    try:
        return (
            parse_time(item) if isinstance(item, str) else item if kind(item) == "moment" else None
        )
    except ValueError:
        return None
