"""Brakes: what is published even while a story fails, since it only makes the score do less, or
puts back what stood before."""

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
    """Of the rows that are `wanted`: those of `old`, without what was deleted, resting where they
    are to rest, and as in `restored` where they are to be so again. A row that refers to what is
    gone by that does not run."""
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
    kept = {}
    for key, row in wanted.items():
        standing = row if restored.get(key) == row else _apply_pause(row, old.get(key))
        if standing is not None:
            kept[key] = standing
    return kept


def _apply_pause(row: Row, before: Row | None) -> Row | None:
    """The version that stands, paused if that is wanted; a status that runs again waits."""
    return apply_inactive_status(row, before) if row.get("status") in INACTIVE_STATUSES else before
