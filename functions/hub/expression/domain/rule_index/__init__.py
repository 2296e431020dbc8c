"""Which rules of one event type match, without asking each of them.

Conditions are taken apart when the catalogue is published: per value looked at, tables tell the
rules (as bits of one integer) whose test on it holds; and-ed together they leave the rules that can
match. What no table can hold of a rule is kept as compiled code and asked of those rules only. A
rule that does not look at a value is not touched by its tables. The verdicts are those of
`Expression.matches`, for missing values, odd kinds and negations too.
"""

import marshal
from collections.abc import Mapping
from typing import Any, NamedTuple

from hub.expression.domain import Scope
from hub.expression.domain.compile import CompiledNode, load_code
from hub.expression.domain.rule_index.bitsets import to_positions, unpack_bits, unpack_numbers
from hub.expression.domain.rule_index.builder import RuleCondition, build_plain_index
from hub.expression.domain.rule_index.lookup_tables import LookupTable, load_table

__all__ = ["RuleCondition", "RuleIndex", "build_plain_index"]


class _Term(NamedTuple):
    """One value that rules look at, the rows that do, and what each table on it leaves of all."""

    read: CompiledNode
    rows: int
    tables: tuple[LookupTable, ...]


class RuleIndex:
    """Made of what `plain_index` gives; rules are known by their place there."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self._owners = unpack_numbers(plain["owners"])
        self._remaining_code: list[bytes | CompiledNode | None] = list(plain["rests"])
        self._all_rows = (1 << len(self._owners)) - 1
        self._terms = [_load_term(term, self._all_rows) for term in plain["terms"]]

    def find_matching(self, scope: Scope) -> list[int]:
        """The rules that match, each once, in order."""
        found: list[int] = []
        for row in to_positions(self._find_rows(scope)):
            owner, rest = self._owners[row], self._remaining_code[row]
            if not (found and found[-1] == owner) and (
                rest is None or self._rest_holds(row, rest, scope)
            ):
                found.append(owner)
        return found

    def _find_rows(self, scope: Scope) -> int:
        event, customer, now, around = scope.event, scope.customer, scope.now, scope.surroundings
        bits = self._all_rows
        for read, asked, tables in self._terms:
            if bits & asked:
                value = read(event, customer, now, around)
                for left in tables:
                    bits &= left(value)
        return bits

    def _rest_holds(self, row: int, rest: bytes | CompiledNode, scope: Scope) -> bool:
        if isinstance(rest, bytes):
            rest = self._remaining_code[row] = load_code(marshal.loads(rest))  # noqa: S302 our own
        return bool(rest(scope.event, scope.customer, scope.now, scope.surroundings))


def _load_term(plain: Mapping[str, Any], every: int) -> _Term:
    tables, looking = [], 0
    for table in plain["tables"]:
        asked = unpack_bits(table["asked"])
        unmet = every if table["negated"] else every ^ asked
        tables.append(load_table(table["shape"], table["data"], unmet))
        looking |= asked
    return _Term(load_code(plain["code"]), looking, tuple(tables))
