"""A report: sums over what was decided and what came of it.

All of it is sums by name, and so of any two reports the one of both is had by adding, in any order:
a month is its days, a day its episodes, and nobody's history need be in memory.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Cell = tuple[str, ...]
"""Table, the names of its row, and what is counted: `("channel", "email", "delivered")`."""
TOTAL_TABLE = "total"
DIMENSIONS = ("day", "strategy", "rule", "offer", "channel", "segment")
ARM_TABLE = "arm"
CALL_TABLE = "call"
SALES_MEASURE, REVENUE_MEASURE = "sales", "revenue"
"""Measures of money, by currency: all that was sold, and what of it is owed to a decision."""
MAX_UNKNOWN_ACTIONS = 200


@dataclass(frozen=True, slots=True, order=True)
class UnknownAction:
    """An action of which nobody knows whether it took effect."""

    at: str
    action_id: str
    channel: str
    rule: str
    reason: str


@dataclass(slots=True)
class Report:
    """`unknown` are the earliest few; how many there are is counted like all else."""

    cells: Counter[Cell] = field(default_factory=Counter)
    unknown: tuple[UnknownAction, ...] = ()

    def count(self, table: str, row: Iterable[str], measure: str, by: int = 1) -> None:
        self.cells[table, *row, measure] += by

    def add(self, other: "Report") -> Self:
        """The report of both, in place."""
        self.cells.update(other.cells)
        self.add_unknown(other.unknown)
        return self

    def add_unknown(self, unknown: Iterable[UnknownAction]) -> None:
        self.unknown = tuple(sorted({*self.unknown, *unknown})[:MAX_UNKNOWN_ACTIONS])

    def rows(self, table: str) -> dict[tuple[str, ...], Counter[str]]:
        """Of one table: the names of each row, in order, and its measures."""
        found: dict[tuple[str, ...], Counter[str]] = {}
        for (of, *names, measure), amount in sorted(self.cells.items()):
            if of == table:
                found.setdefault(tuple(names), Counter())[measure] = amount
        return found

    @property
    def totals(self) -> Counter[str]:
        return self.rows(TOTAL_TABLE).get((), Counter())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        cells = Counter({tuple(cell): amount for *cell, amount in data["cells"]})
        return cls(cells, tuple(UnknownAction(*one) for one in data["unknown"]))

    def to_dict(self) -> dict[str, Any]:
        """The JSON form in which a day is kept."""
        told = [[one.at, one.action_id, one.channel, one.rule, one.reason] for one in self.unknown]
        cells = [[*cell, amount] for cell, amount in sorted(self.cells.items()) if amount]
        return {"cells": cells, "unknown": told}
