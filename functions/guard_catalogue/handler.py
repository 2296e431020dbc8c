"""guard_catalogue: marketers' edits checked, explained on their rows and published."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.catalogue_store import CatalogueStore
from hub.adapters.content import syntax_problem
from hub.adapters.row_schemas import RowSchemas, declared_fields
from hub.adapters.rows import CatalogueRows
from hub.domain.publication import Check, row_check
from hub.entry.streams import edited
from hub.settings import GuardCatalogueSettings, read
from hub.steps.guard import guard


@cache
def check() -> Check:
    return row_check(RowSchemas(), declared_fields())


def handler(event: dict[str, Any], _context: object) -> None:
    given = read(GuardCatalogueSettings)
    rules, templates = (given.rules_table, "rule_id"), (given.templates_table, "template_id")
    if edited(event):
        guard(
            CatalogueRows({"rules": rules, "templates": templates}),
            CatalogueStore(given.catalogue_table, given.catalogue_bucket),
            check_row=check(),
            check_template_syntax=syntax_problem,
            clock=clock.now,
        )
