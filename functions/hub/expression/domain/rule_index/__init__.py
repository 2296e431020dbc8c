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
from hub.expression.domain.compile import Verdict, function_of
from hub.expression.domain.rule_index.bitsets import numbers_unpacked, positions_of, unpacked
from hub.expression.domain.rule_index.builder import Condition, plain_index
from hub.expression.domain.rule_index.lookup_tables import Table, table_of

__all__ = ["Condition", "RuleIndex", "plain_index"]


class _Term(NamedTuple):
    """One value that rules look at, the rows that do, and what each table on it leaves of all."""

    read: Verdict
    asked: int
    tables: tuple[Table, ...]


class RuleIndex:
    """Made of what `plain_index` gives; rules are known by their place there."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self._owners = numbers_unpacked(plain["owners"])
        self._rests: list[bytes | Verdict | None] = list(plain["rests"])
        self._every = (1 << len(self._owners)) - 1
        self._terms = [_term(term, self._every) for term in plain["terms"]]

    def matching(self, scope: Scope) -> list[int]:
        """The rules that match, each once, in order."""
        found: list[int] = []
        for row in positions_of(self._candidates(scope)):
            owner, rest = self._owners[row], self._rests[row]
            if not (found and found[-1] == owner) and (
                rest is None or self._rest_holds(row, rest, scope)
            ):
                found.append(owner)
        return found

    def _candidates(self, scope: Scope) -> int:
        event, customer, now, around = scope.event, scope.customer, scope.now, scope.surroundings
        bits = self._every
        for read, asked, tables in self._terms:
            if bits & asked:
                value = read(event, customer, now, around)
                for left in tables:
                    bits &= left(value)
        return bits

    def _rest_holds(self, row: int, rest: bytes | Verdict, scope: Scope) -> bool:
        if isinstance(rest, bytes):
            rest = self._rests[row] = function_of(marshal.loads(rest))  # noqa: S302 our own
        return bool(rest(scope.event, scope.customer, scope.now, scope.surroundings))


def _term(plain: Mapping[str, Any], every: int) -> _Term:
    tables, looking = [], 0
    for table in plain["tables"]:
        asked = unpacked(table["asked"])
        unmet = every if table["negated"] else every ^ asked
        tables.append(table_of(table["shape"], table["data"], unmet))
        looking |= asked
    return _Term(function_of(plain["code"]), looking, tuple(tables))
