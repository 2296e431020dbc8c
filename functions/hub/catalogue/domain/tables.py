"""The marketers' tables that decide: by which attribute rows are keyed, and how a row is read.

`hub.publishing.domain.tables` has all tables; audiences and stories are of other contexts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hub.catalogue.domain.offer import Offer, offer_from_row
from hub.catalogue.domain.policy import Policy, policy_from_row
from hub.catalogue.domain.row_reader import InvalidRow, Row, tidy
from hub.catalogue.domain.rule import Rule, rule_from_row
from hub.catalogue.domain.template import Brand, Snippet, Template, read_template_row
from hub.expression.domain.field_types import FieldTypes

T = TypeVar("T")
ANY_FIELDS = FieldTypes()
"""For rows that were checked against the declared fields when they were published."""


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """`from_row` raises `InvalidRow` with all problems of the row."""

    name: str
    key: str
    from_row: Callable[[Row, FieldTypes], T]

    def tidy(self, row: Row) -> dict[str, Any]:
        return tidy(row, self.key)

    def read(self, row: Row, fields: FieldTypes = ANY_FIELDS) -> T:
        """What the row means. Raises `InvalidRow` with all problems of it."""
        return self.from_row(row, fields)

    def read_all(
        self, rows: Mapping[str, Row], unreadable: dict[str, str] | None = None
    ) -> dict[str, T]:
        """What published rows mean, by key. A row that this release of the hub does not read any
        more is left out; `unreadable` gets the reason under `rules/<key>`."""
        found = {}
        for key, row in rows.items():
            try:
                found[key] = self.from_row(row, ANY_FIELDS)
            except InvalidRow as refused:
                if unreadable is not None:
                    unreadable[f"{self.name}/{key}"] = refused.reason
        return found


def _template_from_row(row: Row, _: FieldTypes) -> Template | Snippet | Brand:
    return read_template_row(row)


RULES: Table[Rule] = Table("rules", "rule_id", rule_from_row)
OFFERS: Table[Offer] = Table("offers", "offer_id", offer_from_row)
POLICIES: Table[Policy | None] = Table("policies", "policy_id", policy_from_row)
TEMPLATES: Table[Template | Snippet | Brand] = Table("templates", "template_id", _template_from_row)
