"""A report: sums over decisions and their outcomes.

All figures are sums by name, so reports can be added up in any order: days to a month, episodes to
a day. No customer's history has to be in memory.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from hub.kernel.json_types import Json, JsonObject

Cell = tuple[str, ...]
"""Table, the names of its row, and the measure: `("channel", "email", "delivered")`."""
TOTAL_TABLE = "total"
DIMENSIONS = ("day", "strategy", "rule", "offer", "channel", "segment")
ARM_TABLE = "arm"
CALL_TABLE = "call"
SALES_MEASURE, REVENUE_MEASURE = "sales", "revenue"
"""Measures of money, by currency: all sales, and those that are attributed to a decision."""
UNCOUNTED_MEASURE = "uncounted"
"""The measure of the total that counts the episodes which could not be added up."""
MAX_UNKNOWN_ACTIONS = 200


@dataclass(frozen=True, slots=True, order=True)
class UnknownAction:
    """An action of which nobody can tell whether it was done."""

    at: str
    action_id: str
    channel: str
    rule: str
    reason: str


@dataclass(slots=True)
class Report:
    """The sums by cell. `unknown` are the earliest few; their number is a sum like any other."""

    cells: Counter[Cell] = field(default_factory=Counter)
    unknown: tuple[UnknownAction, ...] = ()

    def count(self, table: str, row: Iterable[str], measure: str, by: int = 1) -> None:
        """Adds to one cell."""
        self.cells[table, *row, measure] += by

    def add(self, other: "Report") -> Self:
        """Adds another report to this one, in place."""
        self.cells.update(other.cells)
        self.add_unknown(other.unknown)
        return self

    def add_unknown(self, unknown: Iterable[UnknownAction]) -> None:
        """Adds unknown actions and keeps the earliest `MAX_UNKNOWN_ACTIONS`."""
        self.unknown = tuple(sorted({*self.unknown, *unknown})[:MAX_UNKNOWN_ACTIONS])

    def rows(self, table: str) -> dict[tuple[str, ...], Counter[str]]:
        """The rows of one table: the names of each, in order, and its measures."""
        rows: dict[tuple[str, ...], Counter[str]] = {}
        for (cell_table, *names, measure), amount in sorted(self.cells.items()):
            if cell_table == table:
                rows.setdefault(tuple(names), Counter())[measure] = amount
        return rows

    @property
    def totals(self) -> Counter[str]:
        """The sums over everything, by measure."""
        return self.rows(TOTAL_TABLE).get((), Counter())

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        cells = Counter({tuple(cell): amount for *cell, amount in data["cells"]})
        return cls(cells, tuple(UnknownAction(*values) for values in data["unknown"]))

    def to_dict(self) -> dict[str, Json]:
        """The JSON form in which a day is stored."""
        unknown = [[u.at, u.action_id, u.channel, u.rule, u.reason] for u in self.unknown]
        cells = [[*cell, amount] for cell, amount in sorted(self.cells.items()) if amount]
        return {"cells": cells, "unknown": unknown}
