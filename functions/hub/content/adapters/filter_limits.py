"""The limits of a filter of Liquid: what it handles is counted in steps, and what it makes has a
largest size."""

from collections.abc import Callable
from decimal import Overflow
from functools import wraps
from typing import Any

from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError
from liquid.token import Token

from hub.content.domain.render_budget import (
    CHARACTERS_PER_STEP,
    LARGEST_NUMBER,
    LONGEST_LIST,
    LONGEST_TEXT,
    MEMBERS_PER_STEP,
    MOST_DIGITS,
    STEPS_OF_A_FORMAT,
    RenderBudget,
)
from hub.kernel.did_you_mean import quote_value

_FORMATS = frozenset({"date", "money", "number", "percent", "time"})
_BY_PATTERN = frozenset({"date", "time"})
_CHARACTERS_OF_A_PAIR = {"strip_html": 300, "uniq": 7}
"""Filters that compare each part with each other: the square of what they handle, divided by the
square of this figure, is their steps."""


class LimitError(ResourceLimitError):
    """A text goes beyond a limit; the message says which."""

    def __init__(self, message: str, token: Token | None = None) -> None:
        super().__init__(message, token=token)


def limit_filter(name: str, liquid: Callable[..., Any]) -> Callable[..., Any]:
    """Limits a filter: whatever goes wrong in it is a mistake of the template, what it handles is
    counted in steps, and no number, text or list that it makes is too large."""
    takes_context = getattr(liquid, "with_context", False)

    @wraps(liquid)
    def limited(value: object, *arguments: object, context: object, **options: object) -> object:
        budget = getattr(context, "budget", None)
        if not isinstance(budget, RenderBudget):
            raise LimitError(f"{name} takes no context")
        budget.spend(_count_steps(name, value, arguments))
        if _estimate_growth(name, value, arguments) > LONGEST_TEXT:
            raise _too_long(name)
        if takes_context:
            options["context"] = context
        try:
            result = liquid(value, *arguments, **options)
        except Exception as error:
            if isinstance(error, LiquidError) and not isinstance(error.args[0], TypeError):
                raise
            if isinstance(error, OverflowError | Overflow):
                raise _too_many_digits(name) from error
            raise _cannot_be_worked_out(name, value, arguments) from error
        _check_result(name, result)
        return result

    limited.with_context = True  # type: ignore[attr-defined]  # how python-liquid marks it
    return limited


def _cannot_be_worked_out(name: str, value: object, arguments: tuple[object, ...]) -> LiquidError:
    written = f"{name}: {', '.join(map(quote_value, arguments))}" if arguments else name
    return FilterArgumentError(f"{quote_value(value)} | {written} cannot be worked out", token=None)


def _count_steps(name: str, value: object, arguments: tuple[object, ...]) -> int:
    handled = measure(value) + sum(map(measure, arguments))
    steps = handled // CHARACTERS_PER_STEP
    if isinstance(value, list | tuple | range):
        steps += len(value) // MEMBERS_PER_STEP
    if name in _FORMATS:
        steps += STEPS_OF_A_FORMAT
    if name in _BY_PATTERN:
        steps += sum(map(measure, arguments))
    if apart := _CHARACTERS_OF_A_PAIR.get(name):
        parts = len(value) if isinstance(value, list | tuple) else handled
        steps += (parts // apart) ** 2
    return steps


def measure(value: object) -> int:
    """Measures a value in characters, with the members of its members. It stops counting beyond
    `LONGEST_TEXT`."""
    if isinstance(value, str):
        return len(value)
    if not isinstance(value, list | tuple | dict | range):
        return 0
    characters, values = 0, [value]
    while values and characters <= LONGEST_TEXT:
        inner = values.pop()
        if isinstance(inner, str):
            characters += len(inner)
        elif isinstance(inner, range | list | tuple | dict):
            characters += len(inner)
            if not isinstance(inner, range):
                values += inner.values() if isinstance(inner, dict) else inner
    return characters


def _estimate_growth(name: str, value: object, arguments: tuple[object, ...]) -> int:
    """Estimates what `replace` and `join` add, because their results may be too long to be made."""
    if name == "replace" and arguments:
        new = arguments[1] if len(arguments) > 1 else ""
        return str(value).count(str(arguments[0])) * len(str(new))
    if name == "join" and arguments and isinstance(value, list | tuple | range):
        return len(value) * len(str(arguments[0]))
    return 0


def _check_result(name: str, result: object) -> None:
    if isinstance(result, int | float):
        if not -LARGEST_NUMBER < result < LARGEST_NUMBER:
            raise _too_many_digits(name)
        return
    is_long_list = isinstance(result, list) and len(result) > LONGEST_LIST
    if is_long_list or measure(result) > LONGEST_TEXT:
        raise _too_long(name)


def _too_many_digits(name: str) -> LimitError:
    return LimitError(f"{name} makes a number of more than {MOST_DIGITS} digits")


def _too_long(name: str) -> LimitError:
    return LimitError(
        f"{name} makes more than {LONGEST_TEXT:,} characters or {LONGEST_LIST:,} members of a list"
    )
