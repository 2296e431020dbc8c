"""What is wrong with a call: an unknown function, its arguments, its options."""

import re
from collections.abc import Iterator, Mapping, Sequence

from hub.expression.domain.field_types import Kind
from hub.expression.domain.functions import FUNCTIONS, Function
from hub.expression.domain.tree import Call, Constant, Node
from hub.kernel.did_you_mean import did_you_mean, nearest, quoted

_ISO_4217 = re.compile("[A-Z]{3}")
_TAKEN_TOO = {
    (Kind.MOMENT, Kind.TEXT),
    (Kind.TEXT, Kind.MOMENT),
    (Kind.TEXT, Kind.LIST),
    (Kind.TEXT, Kind.CURRENCY),
}


def call_problems(call: Call, kinds: Sequence[Kind]) -> Iterator[tuple[Node, str]]:
    """`kinds` are those of the call's arguments. Yields the node at fault and the sentence."""
    function = FUNCTIONS.get(call.name)
    if function is None:
        close = nearest(call.name, FUNCTIONS)
        yield call, f"unknown function {call.name}{did_you_mean(close and f'{close}(...)')}"
        return
    least = len(function.takes)
    if not least <= len(kinds) <= least + function.more:
        takes = f"{least} to {least + function.more} arguments" if function.more else _number(least)
        yield call, f"{call.name} takes {takes}, not {len(kinds)}"
        return
    yield from _arguments(call, function, kinds)
    yield from _options(call, function)


def _arguments(call: Call, function: Function, kinds: Sequence[Kind]) -> Iterator[tuple[Node, str]]:
    takes = [*function.takes, *function.takes[-1:] * function.more][: len(kinds)]
    for argument, kind, wanted in zip(call.arguments, kinds, takes, strict=True):
        if wanted is None:
            if not isinstance(argument, Constant) or not isinstance(argument.value, str):
                yield argument, f"{call.name} wants an event type in quotes: 'order.completed'"
        elif not _fits(kind, wanted):
            yield argument, f"{call.name} wants {wanted} here, not {kind}"
        elif wanted is Kind.CURRENCY and isinstance(argument, Constant):
            yield from _currency(call, argument)


def _fits(kind: Kind, wanted: Kind) -> bool:
    """Dates are texts in JSON, and an undeclared field may hold anything."""
    if Kind.ANY in (kind, wanted) or kind is wanted:
        return True
    return (kind, wanted) in _TAKEN_TOO


def _currency(call: Call, given: Constant) -> Iterator[tuple[Node, str]]:
    code = str(given.value)
    if code and not _ISO_4217.fullmatch(code):
        close = code.strip().upper()
        meant = did_you_mean(repr(close) if _ISO_4217.fullmatch(close) else None)
        yield given, f"{call.name} wants a currency such as 'EUR' here, not {quoted(code)}{meant}"


def _options(call: Call, function: Function) -> Iterator[tuple[Node, str]]:
    for name, value in call.options.items():
        most = function.options.get(name)
        if most is None:
            close = nearest(name, function.options)
            meant = did_you_mean(close and f"{close}=...") or _choice(function.options)
            yield call, f"{call.name} has no option {name}{meant}"
        elif type(value) is not int or not 1 <= value <= most:
            yield call, f"{name} wants a whole number from 1 to {most}, not {quoted(value)}"
    if len(call.options) > 1:
        yield call, f"{call.name} looks at days or at hours, not at both"


def _choice(options: Mapping[str, int]) -> str:
    """The tail of a problem: what there is to choose from."""
    known = [f"{name}=1 to {most}" for name, most in options.items()]
    return f": it takes {' or '.join(known)}" if known else ""


def _number(arguments: int) -> str:
    return {0: "nothing", 1: "one argument"}.get(arguments, f"{arguments} arguments")
