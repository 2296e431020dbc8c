"""Comparisons of two values whose kinds are known only at run time.

Only numbers with numbers, texts with texts, flags with flags and moments with moments compare. All
other pairs, and all with a missing value, give False, also for `!=` and `not in`.
"""

import operator
from collections.abc import Callable
from datetime import datetime

from hub.expression.domain.dates import to_timestamp

NUMBERS = frozenset((int, float))
SCALARS = frozenset((int, float, str, bool))
OPERATORS: dict[str, Callable[..., bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare_values(sign: str, left: object, right: object) -> bool:
    """Whether `left sign right` holds, for the signs of `OPERATORS`."""
    if isinstance(left, datetime) or isinstance(right, datetime):
        left, right = to_timestamp(left), to_timestamp(right)
    return _is_same_kind(left, right) and OPERATORS[sign](left, right)


def is_contained(value: object, within: object) -> bool:
    """`in`: whether `value` is one value of a list or a part of a text."""
    if isinstance(within, str):
        return isinstance(value, str) and value in within
    if not isinstance(within, list | tuple):
        return False
    return any(_is_same_kind(value, item) and value == item for item in within)


def is_left_out(value: object, within: object) -> bool:
    """`not in`: whether `within` could contain `value` and does not. Neither may be missing."""
    if isinstance(within, str):
        return isinstance(value, str) and value not in within
    listed = isinstance(within, list | tuple)
    return listed and type(value) in SCALARS and not is_contained(value, within)


def reach(block: object, *names: str) -> object:
    """Reads a value below a block, one name a level; None if a level is no object."""
    for name in names:
        if not isinstance(block, dict):
            return None
        block = block.get(name)
    return block


def _is_same_kind(left: object, right: object) -> bool:
    kind = type(left)
    if kind in NUMBERS:
        return type(right) in NUMBERS
    return kind is type(right) and kind in SCALARS
