"""The running rules of one event type, with their index.

A rule is read when it is first needed, because one process may need only a few of thousands.
"""

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import RUNNING_STATUSES, Rule
from hub.catalogue.domain.tables import RULES
from hub.expression.domain import Scope
from hub.expression.domain.rule_index import RuleIndex, build_plain_index
from hub.kernel.errors import explain_fault

ReadRule = tuple[Rule, Row]


class RuleBook(Sequence[Rule]):
    """The rules of one event type, the highest priority first, ties by id.

    `compiled` is what `compile_rule_book` returned, and `rules` the same rules, if they were read.
    """

    def __init__(self, compiled: Mapping[str, Any], rules: Sequence[Rule] = ()) -> None:
        self._rows: Sequence[bytes] = compiled["rows"]
        self._rules: list[Rule | None] = list(rules) or [None] * len(self._rows)
        self._index = RuleIndex(compiled["index"])

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Rule]:
        return map(self.__getitem__, range(len(self)))

    @overload
    def __getitem__(self, position: int) -> Rule: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Rule]: ...
    def __getitem__(self, position: int | slice) -> Rule | Sequence[Rule]:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        rule = self._rules[position]
        if rule is None:
            row = marshal.loads(self._rows[position])  # noqa: S302 by our own publisher
            rule = self._rules[position] = RULES.read(row)
        return rule

    def read_rule_id(self, position: int) -> str:
        """Reads the id of a rule, also of one that cannot be read otherwise."""
        row = marshal.loads(self._rows[position])  # noqa: S302 by our own publisher
        return str(row.get("rule_id"))

    def find_matching(self, scope: Scope) -> list[Rule]:
        """Finds the rules that are valid now and whose conditions hold, in the book's order."""
        rules = self._rules
        return [
            rule
            for position in self._index.find_matching(scope)
            if (rule := rules[position] or self[position]).is_valid_in(scope)
        ]


def group_by_event_type(rules: Iterable[ReadRule]) -> dict[str, list[ReadRule]]:
    """Groups the running rules by event type, each group in the order of a `RuleBook`."""
    books: dict[str, list[ReadRule]] = {}
    for rule, row in sorted(rules, key=lambda read: (-read[0].priority, read[0].rule_id)):
        if rule.status in RUNNING_STATUSES:
            books.setdefault(rule.event, []).append((rule, row))
    return books


def compile_rule_books(
    rules: Iterable[ReadRule], unreadable: dict[str, str]
) -> dict[str, tuple[dict[str, Any], list[Rule]]]:
    """Compiles the running rules, by event type, and returns each book with its rules.

    A rule that cannot be compiled is left out, and `unreadable` gets the reason under
    `rules/<key>`.
    """
    books = {}
    for event_type, book in group_by_event_type(rules).items():
        try:
            compiled, kept = compile_rule_book(book), book
        except BaseException as error:  # noqa: BLE001 - explain_fault raises what no rule causes
            explain_fault(error)
            reasons = {rule.rule_id: _find_fault(rule, row) for rule, row in book}
            if not any(reasons.values()):  # they cannot be compiled together
                reasons = dict.fromkeys(reasons, explain_fault(error))
            unreadable |= {f"rules/{key}": reason for key, reason in reasons.items() if reason}
            kept = [member for member in book if not reasons[member[0].rule_id]]
            compiled = compile_rule_book(kept)
        books[event_type] = compiled, [rule for rule, _ in kept]
    return books


def _find_fault(rule: Rule, row: Row) -> str:
    try:
        compile_rule_book([(rule, row)])
    except BaseException as error:  # noqa: BLE001 - as above
        return explain_fault(error)
    return ""


def compile_rule_book(book: Iterable[ReadRule]) -> dict[str, Any]:
    """Indexes and compiles the rules of one event type, as data that `marshal` can write."""
    rules = list(book)
    conditions = [
        (rule.strategy, rule.in_state, rule.when.tree if rule.when else None) for rule, _ in rules
    ]
    return {
        "rows": [marshal.dumps(dict(row)) for _, row in rules],
        "index": build_plain_index(conditions),
    }
