"""Brakes: what is published even while a story fails, since it only makes the score do less, or
puts back what stood before."""

from collections.abc import Mapping

from hub.catalogue.domain.row_reader import Row
from hub.publishing.domain.row_validation import RESTING, Tables, still_good, stopped

NOT_ROLLED_BACK: Tables = {}


def braked(wanted: Tables, old: Tables, restored: Tables) -> dict[str, dict[str, Row]]:
    """Of the rows that are `wanted`: those of `old`, without what was deleted, resting where they
    are to rest, and as in `restored` where they are to be so again. A row that refers to what is
    gone by that does not run."""
    content = {
        table: _one(rows, old.get(table, {}), restored.get(table, {}))
        for table, rows in wanted.items()
    }
    templates = content["templates"]
    return {
        table: {key: row for key, row in rows.items() if still_good(table, row, templates)}
        for table, rows in content.items()
    }


def _one(
    wanted: Mapping[str, Row], old: Mapping[str, Row], restored: Mapping[str, Row]
) -> dict[str, Row]:
    kept = {}
    for key, row in wanted.items():
        standing = row if restored.get(key) == row else _resting(row, old.get(key))
        if standing is not None:
            kept[key] = standing
    return kept


def _resting(row: Row, before: Row | None) -> Row | None:
    """The version that stands, paused if that is wanted; a status that runs again waits."""
    return stopped(row, before) if row.get("status") in RESTING else before
