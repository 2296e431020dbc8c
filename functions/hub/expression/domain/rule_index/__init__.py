"""Finds the rules of one event type that match, without evaluating each of them.

The publisher splits the conditions into tests of single values. For each value that rules read,
lookup tables give the rules whose tests hold, as bits of one integer. Their `&` leaves the rules
that can match. The part of a rule that fits no table is compiled code, evaluated for the remaining
rules only. The tables of a value do not affect rules that do not read it. The results are those of
`Expression.matches`, also for missing values, values of other kinds and negations.
"""

import marshal
from typing import NamedTuple

from hub.expression.domain import Scope
from hub.expression.domain.compile import CompiledNode, load_code
from hub.expression.domain.rule_index.bitsets import to_positions, unpack_bits, unpack_numbers
from hub.expression.domain.rule_index.builder import (
    PlainIndex,
    PlainTerm,
    RuleCondition,
    build_plain_index,
)
from hub.expression.domain.rule_index.lookup_tables import LookupTable, load_table

__all__ = ["RuleCondition", "RuleIndex", "build_plain_index"]


class _Term(NamedTuple):
    """One value that rules read: the rows that read it, and its lookup tables."""

    read: CompiledNode
    rows: int
    tables: tuple[LookupTable, ...]


class RuleIndex:
    """The index that `build_plain_index` built. A rule is known by its position there."""

    def __init__(self, plain: PlainIndex) -> None:
        self._owners = unpack_numbers(plain["owners"])
        self._remaining_code: list[bytes | CompiledNode | None] = list(plain["rests"])
        self._all_rows = (1 << len(self._owners)) - 1
        self._terms = [_load_term(term, self._all_rows) for term in plain["terms"]]

    def find_matching(self, scope: Scope) -> list[int]:
        """Finds the rules that match, each once, in order."""
        matching: list[int] = []
        for row in to_positions(self._find_rows(scope)):
            owner, rest = self._owners[row], self._remaining_code[row]
            if not (matching and matching[-1] == owner) and (
                rest is None or self._rest_holds(row, rest, scope)
            ):
                matching.append(owner)
        return matching

    def _find_rows(self, scope: Scope) -> int:
        event, customer, now, surroundings = scope
        bits = self._all_rows
        for read, rows, tables in self._terms:
            if bits & rows:
                value = read(event, customer, now, surroundings)
                for look_up in tables:
                    bits &= look_up(value)
        return bits

    def _rest_holds(self, row: int, rest: bytes | CompiledNode, scope: Scope) -> bool:
        if isinstance(rest, bytes):
            rest = self._remaining_code[row] = load_code(marshal.loads(rest))  # noqa: S302 our own
        return bool(rest(scope.event, scope.customer, scope.now, scope.surroundings))


def _load_term(plain: PlainTerm, all_rows: int) -> _Term:
    tables, rows = [], 0
    for table in plain["tables"]:
        table_rows = unpack_bits(table["asked"])
        unmet = all_rows if table["negated"] else all_rows ^ table_rows
        tables.append(load_table(table["shape"], table["data"], unmet))
        rows |= table_rows
    return _Term(load_code(plain["code"]), rows, tuple(tables))
