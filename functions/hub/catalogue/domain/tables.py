"""The tables of rules, offers, policies and templates: the key of their rows, and how to read them.

`hub.publishing.domain.tables` has all tables. Audiences and stories belong to other contexts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hub.catalogue.domain.offer import Offer, offer_from_row
from hub.catalogue.domain.policy import Policy, policy_from_row
from hub.catalogue.domain.row_reader import Row, tidy
from hub.catalogue.domain.rule import Rule, rule_from_row
from hub.catalogue.domain.shared_content import Brand, Snippet
from hub.catalogue.domain.template import Template, read_template_row
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.errors import explain_fault

T = TypeVar("T")
ANY_FIELDS = FieldTypes()
"""The field types for published rows. The publisher checked them against the declared fields."""


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """`key` is the attribute that names a row. `from_row` raises `InvalidRow` with all problems of
    the row."""

    name: str
    key: str
    from_row: Callable[[Row, FieldTypes], T]

    def tidy(self, row: Row) -> dict[str, Any]:
        """Returns the content of the row as JSON; see `row_reader.tidy`."""
        return tidy(row, self.key)

    def read(self, row: Row, fields: FieldTypes = ANY_FIELDS) -> T:
        """Reads a row. Raises `InvalidRow` with all problems of the row."""
        return self.from_row(row, fields)

    def read_all(
        self, rows: Mapping[str, Row], unreadable: dict[str, str] | None = None
    ) -> dict[str, T]:
        """Reads published rows, by key.

        A row that this release of the hub cannot read is left out, and `unreadable` gets the reason
        under `<table>/<key>`.
        """
        contents = {}
        for key, row in rows.items():
            try:
                contents[key] = self.from_row(row, ANY_FIELDS)
            except BaseException as error:  # noqa: BLE001 - explain_fault raises what no row causes
                reason = explain_fault(error)
                if unreadable is not None:
                    unreadable[f"{self.name}/{key}"] = reason
        return contents


def _template_from_row(row: Row, _: FieldTypes) -> Template | Snippet | Brand:
    return read_template_row(row)


RULES: Table[Rule] = Table("rules", "rule_id", rule_from_row)
OFFERS: Table[Offer] = Table("offers", "offer_id", offer_from_row)
POLICIES: Table[Policy | None] = Table("policies", "policy_id", policy_from_row)
TEMPLATES: Table[Template | Snippet | Brand] = Table("templates", "template_id", _template_from_row)
