"""Problems of a call: an unknown function, wrong arguments, wrong options."""

import re
from collections.abc import Iterator, Mapping, Sequence

from hub.expression.domain.field_types import FieldKind
from hub.expression.domain.function import Function
from hub.expression.domain.functions import FUNCTIONS
from hub.expression.domain.tree import Call, Constant, Node
from hub.kernel.did_you_mean import find_nearest, format_suggestion, quote_value

_ISO_4217 = re.compile("[A-Z]{3}")
_ALSO_ACCEPTED = {
    (FieldKind.MOMENT, FieldKind.TEXT),
    (FieldKind.TEXT, FieldKind.MOMENT),
    (FieldKind.TEXT, FieldKind.LIST),
    (FieldKind.TEXT, FieldKind.CURRENCY),
}


def find_call_problems(call: Call, kinds: Sequence[FieldKind]) -> Iterator[tuple[Node, str]]:
    """Finds the problems of a call whose arguments are of these `kinds`.

    Yields each wrong node with the sentence that describes the problem."""
    function = FUNCTIONS.get(call.name)
    if function is None:
        close = find_nearest(call.name, FUNCTIONS)
        yield call, f"unknown function {call.name}{format_suggestion(close and f'{close}(...)')}"
        return
    least = len(function.takes)
    if not least <= len(kinds) <= least + function.max_extra_arguments:
        takes = (
            f"{least} to {least + function.max_extra_arguments} arguments"
            if function.max_extra_arguments
            else _describe_count(least)
        )
        yield call, f"{call.name} takes {takes}, not {len(kinds)}"
        return
    yield from _check_arguments(call, function, kinds)
    yield from _check_options(call, function)


def _check_arguments(
    call: Call, function: Function, kinds: Sequence[FieldKind]
) -> Iterator[tuple[Node, str]]:
    takes = [*function.takes, *function.takes[-1:] * function.max_extra_arguments][: len(kinds)]
    for argument, kind, wanted in zip(call.arguments, kinds, takes, strict=True):
        if wanted is None:
            if not isinstance(argument, Constant) or not isinstance(argument.value, str):
                yield argument, f"{call.name} wants an event type in quotes: 'order.completed'"
        elif not _fits(kind, wanted):
            yield argument, f"{call.name} wants {wanted} here, not {kind}"
        elif wanted is FieldKind.CURRENCY and isinstance(argument, Constant):
            yield from _check_currency(call, argument)


def _fits(kind: FieldKind, wanted: FieldKind) -> bool:
    """Whether an argument of this kind is accepted.

    A date also fits a text because JSON has no dates. An undeclared field may hold anything."""
    if FieldKind.ANY in (kind, wanted) or kind is wanted:
        return True
    return (kind, wanted) in _ALSO_ACCEPTED


def _check_currency(call: Call, argument: Constant) -> Iterator[tuple[Node, str]]:
    code = str(argument.value)
    if code and not _ISO_4217.fullmatch(code):
        close = code.strip().upper()
        meant = format_suggestion(repr(close) if _ISO_4217.fullmatch(close) else None)
        yield (
            argument,
            f"{call.name} wants a currency such as 'EUR' here, not {quote_value(code)}{meant}",
        )


def _check_options(call: Call, function: Function) -> Iterator[tuple[Node, str]]:
    for name, value in call.options.items():
        most = function.options.get(name)
        if most is None:
            close = find_nearest(name, function.options)
            meant = format_suggestion(close and f"{close}=...") or _list_options(function.options)
            yield call, f"{call.name} has no option {name}{meant}"
        elif type(value) is not int or not 1 <= value <= most:
            yield call, f"{name} wants a whole number from 1 to {most}, not {quote_value(value)}"
    if len(call.options) > 1:
        yield call, f"{call.name} looks at days or at hours, not at both"


def _list_options(options: Mapping[str, int]) -> str:
    """Lists the options of a function, as the end of a problem; empty if it has none."""
    allowed = [f"{name}=1 to {most}" for name, most in options.items()]
    return f": it takes {' or '.join(allowed)}" if allowed else ""


def _describe_count(arguments: int) -> str:
    return {0: "nothing", 1: "one argument"}.get(arguments, f"{arguments} arguments")
