"""A published catalogue: every rule and template that decides, under one number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Self

from hub.domain.errors import Rejected
from hub.domain.fields import FieldTypes
from hub.domain.rows import RowRefused
from hub.domain.rule import RUNNING, Rule, rule_from_row
from hub.domain.template import Template, template_from_row

EMPTY: Mapping[str, Any] = MappingProxyType({"number": 0, "rows": {}})
_ANY_FIELDS = FieldTypes()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`unreadable` are rows that this release of the hub does not read any more, with the reason:
    they do nothing, and hold up nothing."""

    number: int
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_snapshot(cls, snapshot: Mapping[str, Any]) -> Self:
        rows, unreadable = snapshot["rows"], dict[str, str]()
        rules, templates = [], {}
        for key, row in rows.get("rules", {}).items():
            try:
                rules.append(rule_from_row(row, _ANY_FIELDS))
            except RowRefused as refused:
                unreadable[f"rules/{key}"] = refused.reason
        for key, row in rows.get("templates", {}).items():
            try:
                templates[key] = template_from_row(row)
            except RowRefused as refused:
                unreadable[f"templates/{key}"] = refused.reason
        return cls(snapshot["number"], _by_event(rules), templates, unreadable)

    def rules_for(self, event_type: str) -> tuple[Rule, ...]:
        """Live and shadow rules, the highest priority first, ties by id."""
        return self.rules.get(event_type, ())

    def template(self, template_id: str) -> Template:
        """Raises `Rejected` when the catalogue has none of that name."""
        try:
            return self.templates[template_id]
        except KeyError:
            raise Rejected(f"catalogue {self.number} has no template {template_id}") from None


def _by_event(rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in sorted(rules, key=lambda rule: (-rule.priority, rule.rule_id)):
        if rule.status in RUNNING:
            found[rule.event] = (*found.get(rule.event, ()), rule)
    return found
