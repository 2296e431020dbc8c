"""Changes that are published even while a story fails: they only make the catalogue do less, or
restore an earlier one."""

from collections.abc import Mapping

from hub.catalogue.domain.row_reader import Row
from hub.publishing.domain.row_validation import (
    INACTIVE_STATUSES,
    CatalogueTables,
    apply_inactive_status,
    keep_if_valid,
)

NO_ROLLBACK: CatalogueTables = {}


def apply_restrictive_changes(
    wanted: CatalogueTables, last_good: CatalogueTables, restored: CatalogueTables
) -> dict[str, dict[str, Row]]:
    """Applies only the restrictive changes between `last_good` and `wanted`.

    Deleted rows go, and rows become inactive if they should. A row that is wanted as in `restored`
    is restored. A row that then names a row that is gone does not run."""
    content = {
        table: _restrict_table(rows, last_good.get(table, {}), restored.get(table, {}))
        for table, rows in wanted.items()
    }
    templates = content["templates"]
    return {
        table: {key: row for key, row in rows.items() if keep_if_valid(table, row, templates)}
        for table, rows in content.items()
    }


def _restrict_table(
    wanted: Mapping[str, Row], old: Mapping[str, Row], restored: Mapping[str, Row]
) -> dict[str, Row]:
    rows = {}
    for key, row in wanted.items():
        version = row if restored.get(key) == row else _apply_pause(row, old.get(key))
        if version is not None:
            rows[key] = version
    return rows


def _apply_pause(row: Row, before: Row | None) -> Row | None:
    """Keeps the published version, paused if that is wanted; a row does not start again."""
    return apply_inactive_status(row, before) if row.get("status") in INACTIVE_STATUSES else before
