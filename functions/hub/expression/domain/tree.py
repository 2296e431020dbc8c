"""The syntax tree of an expression, for the checker, the compiler and the explanation.

`start` and `end` delimit the node's text in the expression. Paths are complete (`event.total` is
`event.properties.total`). An `and` within an `and` is one `and`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed text, number or flag."""

    start: int
    end: int
    value: Scalar


@dataclass(frozen=True, slots=True)
class Values:
    """A list of fixed values: all texts or all numbers."""

    start: int
    end: int
    items: tuple[str | int | float, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A field, by its names from the root."""

    start: int
    end: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of the language."""

    start: int
    end: int
    name: str
    arguments: tuple["Node", ...]
    options: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Compare:
    """A chain of comparisons: every neighbouring pair must hold. It has one sign fewer than
    operands."""

    start: int
    end: int
    operands: tuple["Node", ...]
    operators: tuple[str, ...]

    def pairs(self) -> list[tuple["Node", str, "Node"]]:
        """The single comparisons of the chain."""
        return list(zip(self.operands, self.operators, self.operands[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Not:
    """A negated clause."""

    start: int
    end: int
    clause: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Clauses that must all hold."""

    start: int
    end: int
    clauses: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Clauses of which one must hold."""

    start: int
    end: int
    clauses: tuple["Node", ...]


Node = Constant | Values | Path | Call | Compare | Not | And | Or
