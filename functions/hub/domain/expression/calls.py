"""What is wrong with a call: an unknown function, its arguments, its options."""

from collections.abc import Iterator, Sequence

from hub.domain.expression.functions import FUNCTIONS, Function
from hub.domain.expression.tree import Call, Constant, Node
from hub.domain.fields import Kind
from hub.domain.nearest import did_you_mean, nearest, quoted


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


def _fits(kind: Kind, wanted: Kind) -> bool:
    """Dates are texts in JSON, and an undeclared field may hold anything."""
    if Kind.ANY in (kind, wanted) or kind is wanted:
        return True
    return {kind, wanted} == {Kind.MOMENT, Kind.TEXT} or (kind, wanted) == (Kind.TEXT, Kind.LIST)


def _options(call: Call, function: Function) -> Iterator[tuple[Node, str]]:
    for name, value in call.options.items():
        most = function.options.get(name)
        if most is None:
            close = nearest(name, function.options)
            yield call, f"{call.name} has no option {name}{did_you_mean(close and f'{close}=...')}"
        elif type(value) is not int or not 1 <= value <= most:
            yield call, f"{name} wants a whole number from 1 to {most}, not {quoted(value)}"
    if len(call.options) > 1:
        yield call, f"{call.name} looks at days or at hours, not at both"


def _number(arguments: int) -> str:
    return {0: "nothing", 1: "one argument"}.get(arguments, f"{arguments} arguments")
