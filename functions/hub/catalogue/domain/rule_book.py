"""The running rules of one event type, with their index. A rule is read when it is first needed:
of thousands that were published, a process may never meet more than a few."""

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import RUNNING_STATUSES, Rule
from hub.catalogue.domain.tables import RULES
from hub.expression.domain import Scope
from hub.expression.domain.rule_index import RuleIndex, build_plain_index

ReadRule = tuple[Rule, Row]


class RuleBook(Sequence[Rule]):
    """The highest priority first, ties by id. Made of what `plain_books` gives."""

    def __init__(self, plain: Mapping[str, Any], rules: Sequence[Rule] = ()) -> None:
        self._rows: Sequence[bytes] = plain["rows"]
        self._rules: list[Rule | None] = list(rules) or [None] * len(self._rows)
        self._index = RuleIndex(plain["index"])

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Rule]:
        return map(self.__getitem__, range(len(self)))

    @overload
    def __getitem__(self, place: int) -> Rule: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Rule]: ...
    def __getitem__(self, place: int | slice) -> Rule | Sequence[Rule]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        rule = self._rules[place]
        if rule is None:
            row = marshal.loads(self._rows[place])  # noqa: S302 published by our own guard
            rule = self._rules[place] = RULES.read(row)
        return rule

    def find_matching(self, scope: Scope) -> list[Rule]:
        """The rules that hold and are valid, in the book's order."""
        rules, now = self._rules, scope.now
        return [
            rule
            for place in self._index.find_matching(scope)
            if (rule := rules[place] or self[place]).is_valid_at(now)
        ]


def group_by_event_type(found: Iterable[ReadRule]) -> dict[str, list[ReadRule]]:
    """Running rules by event type."""
    books: dict[str, list[ReadRule]] = {}
    for rule, row in sorted(found, key=lambda read: (-read[0].priority, read[0].rule_id)):
        if rule.status in RUNNING_STATUSES:
            books.setdefault(rule.event, []).append((rule, row))
    return books


def compile_rule_book(book: Iterable[ReadRule]) -> dict[str, Any]:
    """One event type's rules as plain data, indexed and compiled."""
    kept = list(book)
    conditions = [(r.strategy, r.in_state, r.when.tree if r.when else None) for r, _ in kept]
    return {
        "rows": [marshal.dumps(dict(row)) for _, row in kept],
        "index": build_plain_index(conditions),
    }
