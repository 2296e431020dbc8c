"""The declaration of a function of expressions: its arguments and its result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hub.expression.domain.field_types import Field, FieldKind

NUMBER = Field(FieldKind.NUMBER)
FLAG = Field(FieldKind.FLAG)
CUSTOMER_ROOTS = ("event", "customer", "now")


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language.

    `takes` are the kinds of its arguments; None is an event type in quotes. `options` are whole
    numbers by name, each with its largest value. `root_arguments` are the roots, or fields of
    them, that `call` gets before the arguments. `max_extra_arguments` is how many more arguments
    like the last it takes.
    With an option in `exact_to`, the result is exact up to that number only.
    """

    call: Callable[..., object]
    gives: Field
    takes: tuple[FieldKind | None, ...] = ()
    options: Mapping[str, int] = field(default_factory=dict)
    root_arguments: tuple[str, ...] = ()
    max_extra_arguments: int = 0
    exact_to: Mapping[str, int] = field(default_factory=dict)
