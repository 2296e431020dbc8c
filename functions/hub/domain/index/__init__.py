"""Which rules of one event type match, without asking each of them.

Conditions are taken apart when the catalogue is published: per value looked at, tables tell the
rules (as bits of one integer) whose test on it holds; and-ed together they leave the rules that can
match. What no table can hold of a rule is kept as compiled code and asked of those rules only. A
rule that does not look at a value is not touched by its tables. The verdicts are those of
`Expression.matches`, for missing values, odd kinds and negations too.
"""

import marshal
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hub.domain.expression import Scope
from hub.domain.expression.compile import Verdict, function_of
from hub.domain.index.bits import numbers_unpacked, positions_of, unpacked
from hub.domain.index.build import Condition, plain_index
from hub.domain.index.tables import table_of

__all__ = ["Condition", "RuleIndex", "plain_index"]


class _Filter(NamedTuple):
    """One table: the rows it finds satisfied by a value, and those that ask nothing of it."""

    satisfied: Callable[[Any], int]
    negated: bool
    free: int


class _Term:
    """One value that rules look at, and all that they ask of it."""

    def __init__(self, plain: Mapping[str, Any], every: int) -> None:
        self.read: Verdict = function_of(plain["code"])
        self.asked = 0
        filters = []
        for table in plain["tables"]:
            asked = unpacked(table["asked"])
            satisfied = table_of(table["shape"], table["data"]).satisfied
            filters.append(_Filter(satisfied, table["negated"], every ^ asked))
            self.asked |= asked
        self.filters = tuple(filters)


class RuleIndex:
    """Made of what `plain_index` gives; rules are known by their place there."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self._owners = numbers_unpacked(plain["owners"])
        self._rests: list[bytes | Verdict | None] = list(plain["rests"])
        self._every = (1 << len(self._owners)) - 1
        self._terms = [_Term(term, self._every) for term in plain["terms"]]

    def matching(self, scope: Scope) -> list[int]:
        """The rules that match, each once, in order."""
        found: list[int] = []
        for row in positions_of(self._candidates(scope)):
            owner = self._owners[row]
            if not (found and found[-1] == owner) and self._rest_holds(row, scope):
                found.append(owner)
        return found

    def _candidates(self, scope: Scope) -> int:
        bits, event, customer, now = self._every, scope.event, scope.customer, scope.now
        for term in self._terms:
            if bits & term.asked:
                value = term.read(event, customer, now)
                for satisfied, negated, free in term.filters:
                    found = satisfied(value)
                    bits &= ~found if negated else found | free
        return bits

    def _rest_holds(self, row: int, scope: Scope) -> bool:
        rest = self._rests[row]
        if rest is None:
            return True
        if isinstance(rest, bytes):
            rest = self._rests[row] = function_of(marshal.loads(rest))  # noqa: S302 our own
        return bool(rest(scope.event, scope.customer, scope.now))
