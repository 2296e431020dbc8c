"""Drafting: rows that do not stand yet, on top of those that do, judged as the guard judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.catalogue.domain.row_reader import KEYS, Row
from hub.content.domain.proof import Proofread, trusting
from hub.kernel.did_you_mean import did_you_mean, nearest
from hub.publishing.domain.publication import Check, Publication, publish

ALWAYS_LIVE = "templates"
Draft = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Drafted:
    """`snapshot` is None when there are problems, or when nothing would change. `problems` are by
    row, as `rules/welcome`."""

    snapshot: Mapping[str, Any] | None
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)


def drafted(
    draft: Draft,
    previous: Mapping[str, Any],
    now: datetime,
    check_row: Check,
    proofread: Proofread = trusting,
) -> Drafted:
    """The catalogue that would follow `previous`, a published one, if the draft's rows were live.

    A row that names only its key and `status` changes the status of the row that stands. What is
    wrong with a row that stands already is no problem of the draft.
    """

    def published(rows: Mapping[str, list[dict[str, Any]]]) -> Publication:
        return publish(rows, previous, now, check_row, proofread)

    if unreadable := _unreadable(draft):
        return Drafted(None, unreadable)
    standing = {table: dict(previous["rows"].get(table, {})) for table in KEYS}
    known = _problems(published({table: list(rows.values()) for table, rows in standing.items()}))
    rows = {table: standing[table] | _by_key(table, draft, standing[table]) for table in KEYS}
    made = published({table: list(found.values()) for table, found in rows.items()})
    problems = {row: said for row, said in _problems(made).items() if known.get(row) != said}
    return Drafted(None if problems else made.snapshot, problems)


def _by_key(table: str, draft: Draft, standing: Mapping[str, Row]) -> dict[str, dict[str, Any]]:
    name = KEYS[table]
    return {row[name]: _as_live(table, row, standing) for row in draft.get(table, ())}


def _as_live(table: str, row: Row, standing: Mapping[str, Row]) -> dict[str, Any]:
    name = KEYS[table]
    if row.keys() == {name, "status"}:
        return {**standing.get(row[name], {}), **row}
    undecided = table != ALWAYS_LIVE and row.get("status") in (None, "", "draft")
    return {**row, **({"status": "live"} if undecided else {})}


def _unreadable(draft: Draft) -> dict[str, list[str]]:
    """Tables that are none, and rows that cannot be told from others."""
    said: dict[str, list[str]] = {}
    for table, rows in draft.items():
        if table not in KEYS:
            close = did_you_mean(nearest(table, KEYS)) or f": the tables are {', '.join(KEYS)}"
            said[table] = [f"is no table{close}"]
            continue
        for place, row in enumerate(rows, 1):
            key = row.get(KEYS[table]) if isinstance(row, Mapping) else None
            if not isinstance(key, str) or not key:
                said[f"{table}[{place}]"] = [f"{KEYS[table]} is missing"]
    return said


def _problems(publication: Publication) -> dict[str, Sequence[str]]:
    return {
        f"{note.table}/{note.key}": note.published["problems"]
        for note in publication.notes
        if note.published["problems"]
    }
