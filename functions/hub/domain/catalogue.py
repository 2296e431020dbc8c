"""A published catalogue: every rule and template that decides, under one number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Self

from hub.domain.errors import Rejected
from hub.domain.expression import Scope
from hub.domain.fields import FieldTypes
from hub.domain.rows import Row, RowRefused
from hub.domain.rule import Rule, rule_from_row
from hub.domain.rulebook import Read, RuleBook, ordered, plain_book
from hub.domain.template import Template, template_from_row

EMPTY: Mapping[str, Any] = MappingProxyType({"number": 0, "rows": {}})
_ANY_FIELDS = FieldTypes()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`unreadable` are rows that this release of the hub does not read any more, with the reason:
    they do nothing, and hold up nothing."""

    number: int
    rules: Mapping[str, RuleBook] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, Any]) -> Self:
        found, unreadable = read_rules(snapshot["rows"].get("rules", {}))
        books = {
            event: RuleBook(plain_book(book), [rule for rule, _ in book])
            for event, book in ordered(found).items()
        }
        return cls.from_parts(snapshot, books, unreadable)

    @classmethod
    def from_parts(
        cls,
        snapshot: Mapping[str, Any],
        books: Mapping[str, RuleBook],
        unreadable: Mapping[str, str],
    ) -> Self:
        """`books` are the snapshot's rules by event type, `unreadable` those it cannot read."""
        templates, wrong = {}, dict(unreadable)
        for key, row in snapshot["rows"].get("templates", {}).items():
            try:
                templates[key] = template_from_row(row)
            except RowRefused as refused:
                wrong[f"templates/{key}"] = refused.reason
        return cls(snapshot["number"], books, templates, wrong)

    def rules_for(self, event_type: str) -> Sequence[Rule]:
        """Live and shadow rules, the highest priority first, ties by id."""
        return self.rules.get(event_type, ())

    def matching(self, scope: Scope) -> list[Rule]:
        """Those of them that hold, in that order: the index finds them without asking each."""
        book = self.rules.get(scope.event.type)
        return book.matching(scope) if book else []

    def template(self, template_id: str) -> Template:
        """Raises `Rejected` when the catalogue has none of that name."""
        try:
            return self.templates[template_id]
        except KeyError:
            raise Rejected(f"catalogue {self.number} has no template {template_id}") from None


def read_rules(rows: Mapping[str, Row]) -> tuple[list[Read], dict[str, str]]:
    """The rules with their rows; and, of those that cannot be read, why."""
    found, unreadable = list[Read](), dict[str, str]()
    for key, row in rows.items():
        try:
            found.append((rule_from_row(row, _ANY_FIELDS), row))
        except RowRefused as refused:
            unreadable[f"rules/{key}"] = refused.reason
    return found, unreadable
