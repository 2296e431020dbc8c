"""Drafting: rows that do not stand yet, on top of those that do, judged as the guard judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.catalogue.domain.row_reader import Row
from hub.content.domain.proof import Proofread, skip_proofreading
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.publishing.domain.publication import Publication, RowCheck, publish
from hub.publishing.domain.tables import TABLES

ALWAYS_LIVE_TABLE = "templates"
Draft = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class DraftCatalogue:
    """`snapshot` is None when there are problems, or when nothing would change. `problems` are by
    row, as `rules/welcome`."""

    snapshot: Mapping[str, Any] | None
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)


def build_draft_catalogue(
    draft: Draft,
    previous: Mapping[str, Any],
    now: datetime,
    check_row: RowCheck,
    proofread: Proofread = skip_proofreading,
) -> DraftCatalogue:
    """The catalogue that would follow `previous`, a published one, if the draft's rows were live.

    A row that names only its key and `status` changes the status of the row that stands. What is
    wrong with a row that stands already is no problem of the draft.
    """

    def published(rows: Mapping[str, list[dict[str, Any]]]) -> Publication:
        return publish(rows, previous, now, check_row, proofread)

    if unreadable := _find_unreadable_rows(draft):
        return DraftCatalogue(None, unreadable)
    standing = {table: dict(previous["rows"].get(table, {})) for table in TABLES}
    known = _collect_problems(
        published({table: list(rows.values()) for table, rows in standing.items()})
    )
    rows = {
        table: standing[table] | _build_rows_by_key(table, draft, standing[table])
        for table in TABLES
    }
    made = published({table: list(found.values()) for table, found in rows.items()})
    problems = {
        row: said for row, said in _collect_problems(made).items() if known.get(row) != said
    }
    return DraftCatalogue(None if problems else made.snapshot, problems)


def _build_rows_by_key(
    table: str, draft: Draft, standing: Mapping[str, Row]
) -> dict[str, dict[str, Any]]:
    name = TABLES[table].key
    return {row[name]: _to_live_row(table, row, standing) for row in draft.get(table, ())}


def _to_live_row(table: str, row: Row, standing: Mapping[str, Row]) -> dict[str, Any]:
    name = TABLES[table].key
    if row.keys() == {name, "status"}:
        return {**standing.get(row[name], {}), **row}
    undecided = table != ALWAYS_LIVE_TABLE and row.get("status") in (None, "", "draft")
    return {**row, **({"status": "live"} if undecided else {})}


def _find_unreadable_rows(draft: Draft) -> dict[str, list[str]]:
    """Tables that are none, and rows that cannot be told from others."""
    said: dict[str, list[str]] = {}
    for table, rows in draft.items():
        if table not in TABLES:
            close = (
                format_suggestion(find_nearest(table, TABLES))
                or f": the tables are {', '.join(TABLES)}"
            )
            said[table] = [f"is no table{close}"]
            continue
        for place, row in enumerate(rows, 1):
            key = row.get(TABLES[table].key) if isinstance(row, Mapping) else None
            if not isinstance(key, str) or not key:
                said[f"{table}[{place}]"] = [f"{TABLES[table].key} is missing"]
    return said


def _collect_problems(publication: Publication) -> dict[str, Sequence[str]]:
    return {
        f"{note.table}/{note.key}": note.published["problems"]
        for note in publication.feedback
        if note.published["problems"]
    }
