"""Comparisons of two values of which neither is known beforehand.

Only numbers with numbers, texts with texts, flags with flags and moments with moments compare: all
else, and whatever is missing, is False, for `!=` and `not in` too.
"""

import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

from hub.expression.domain.dates import to_timestamp

NUMBERS = frozenset((int, float))
SCALARS = frozenset((int, float, str, bool))
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare_values(sign: str, left: Any, right: Any) -> bool:
    if isinstance(left, datetime) or isinstance(right, datetime):
        left, right = to_timestamp(left), to_timestamp(right)
    return _is_same_kind(left, right) and OPERATORS[sign](left, right)


def is_contained(value: Any, within: Any) -> bool:
    """In a list: one of its values. In a text: a part of it."""
    if isinstance(within, str):
        return isinstance(value, str) and value in within
    listed = isinstance(within, list | tuple)
    return listed and any(_is_same_kind(value, item) and value == item for item in within)


def is_left_out(value: Any, within: Any) -> bool:
    """`not in`: both are there, they could hold each other, and do not."""
    if isinstance(within, str):
        return isinstance(value, str) and value not in within
    listed = isinstance(within, list | tuple)
    return listed and type(value) in SCALARS and not is_contained(value, within)


def reach(block: Any, *names: str) -> Any:
    """A value further down; None if the way ends before."""
    for name in names:
        if not isinstance(block, dict):
            return None
        block = block.get(name)
    return block


def _is_same_kind(left: Any, right: Any) -> bool:
    kind = type(left)
    if kind in NUMBERS:
        return type(right) in NUMBERS
    return kind is type(right) and kind in SCALARS
