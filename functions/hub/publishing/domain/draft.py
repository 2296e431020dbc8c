"""Drafts: rows that are not published, validated together with those that are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hub.catalogue.domain.row_reader import Row
from hub.content.domain.proof import Proofread, skip_proofreading
from hub.kernel.did_you_mean import find_nearest, format_suggestion
from hub.kernel.json_types import Json, JsonObject
from hub.publishing.domain.publication import Publication, RowCheck, publish
from hub.publishing.domain.tables import TABLES

ALWAYS_LIVE_TABLE = "templates"
Draft = Mapping[str, Sequence[Row]]
"""Rows by table."""


@dataclass(frozen=True, slots=True)
class DraftCatalogue:
    """The catalogue of a draft. `snapshot` is None if there are problems or if nothing changes.
    `problems` are by row: `rules/welcome`."""

    snapshot: JsonObject | None
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)


def build_draft_catalogue(
    draft: Draft,
    previous: JsonObject,
    now: datetime,
    check_row: RowCheck,
    proofread: Proofread = skip_proofreading,
) -> DraftCatalogue:
    """Builds the catalogue that would follow `previous` if the draft's rows were live.

    `previous` is a published catalogue. A row with only its key and `status` changes the status of
    the published row. A problem that a published row has already is not one of the draft.
    """

    def publish_rows(rows: Mapping[str, Mapping[str, dict[str, Json]]]) -> Publication:
        tables = {table: list(rows_by_key.values()) for table, rows_by_key in rows.items()}
        return publish(tables, previous, now, check_row, proofread)

    if unreadable := _find_unreadable_rows(draft):
        return DraftCatalogue(None, unreadable)
    current = {table: dict(previous["rows"].get(table, {})) for table in TABLES}
    earlier_problems = _collect_problems(publish_rows(current))
    publication = publish_rows(
        {
            table: current[table] | _build_rows_by_key(table, draft, current[table])
            for table in TABLES
        }
    )
    problems = {
        row: row_problems
        for row, row_problems in _collect_problems(publication).items()
        if earlier_problems.get(row) != row_problems
    }
    return DraftCatalogue(None if problems else publication.snapshot, problems)


def _build_rows_by_key(
    table: str, draft: Draft, current: Mapping[str, Row]
) -> dict[str, dict[str, Json]]:
    name = TABLES[table].key
    return {row[name]: _to_live_row(table, row, current) for row in draft.get(table, ())}


def _to_live_row(table: str, row: Row, current: Mapping[str, Row]) -> dict[str, Json]:
    name = TABLES[table].key
    if row.keys() == {name, "status"}:
        return {**current.get(row[name], {}), **row}
    is_draft = table != ALWAYS_LIVE_TABLE and row.get("status") in (None, "", "draft")
    return {**row, **({"status": "live"} if is_draft else {})}


def _find_unreadable_rows(draft: Draft) -> dict[str, list[str]]:
    """Finds unknown tables and rows without a key."""
    problems: dict[str, list[str]] = {}
    for table, rows in draft.items():
        if table not in TABLES:
            close = (
                format_suggestion(find_nearest(table, TABLES))
                or f": the tables are {', '.join(TABLES)}"
            )
            problems[table] = [f"is not a table{close}"]
            continue
        for place, row in enumerate(rows, 1):
            key = row.get(TABLES[table].key) if isinstance(row, Mapping) else None
            if not isinstance(key, str) or not key:
                problems[f"{table}[{place}]"] = [f"{TABLES[table].key} is missing"]
    return problems


def _collect_problems(publication: Publication) -> dict[str, Sequence[str]]:
    return {
        f"{feedback.table}/{feedback.key}": feedback.published["problems"]
        for feedback in publication.feedback
        if feedback.published["problems"]
    }
