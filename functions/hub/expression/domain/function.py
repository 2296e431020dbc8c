"""What a function of expressions takes and gives, for checker and compiler."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.expression.domain.field_types import Field, FieldKind

NUMBER = Field(FieldKind.NUMBER)
FLAG = Field(FieldKind.FLAG)
CUSTOMER_ROOTS = ("event", "customer", "now")


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` are its arguments' kinds, None being an event type in quotes; `options` are whole
    numbers by name, each with its largest value; `root_arguments` are the roots that it gets first;
    `max_extra_arguments` is how many more arguments like the last it may take.
    """

    call: Callable[..., Any]
    gives: Field
    takes: tuple[FieldKind | None, ...] = ()
    options: Mapping[str, int] = field(default_factory=dict)
    root_arguments: tuple[str, ...] = ()
    max_extra_arguments: int = 0
