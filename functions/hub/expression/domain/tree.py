"""What an expression says, freed of how it is written. Checker, compiler and explanation read this.

`start` and `end` delimit the node's text in the expression. Paths are written out in full
(`event.total` is `event.properties.total`); an `and` within an `and` is one `and`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Constant:
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
    start: int
    end: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    start: int
    end: int
    name: str
    arguments: tuple["Node", ...]
    options: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Compare:
    """One sign fewer than operands; every neighbouring pair must hold."""

    start: int
    end: int
    operands: tuple["Node", ...]
    operators: tuple[str, ...]

    def pairs(self) -> list[tuple["Node", str, "Node"]]:
        return list(zip(self.operands, self.operators, self.operands[1:], strict=False))


@dataclass(frozen=True, slots=True)
class Not:
    start: int
    end: int
    clause: "Node"


@dataclass(frozen=True, slots=True)
class And:
    start: int
    end: int
    clauses: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    start: int
    end: int
    clauses: tuple["Node", ...]


Node = Constant | Values | Path | Call | Compare | Not | And | Or
