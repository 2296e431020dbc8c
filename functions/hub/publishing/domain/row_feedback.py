"""What each row is told of its publication: written on it as `published`."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.catalogue.domain.row_reader import Row
from hub.catalogue.domain.rule import RUNNING_STATUSES, RuleStatus
from hub.kernel.times import to_iso
from hub.publishing.domain.linting import lint
from hub.publishing.domain.linting.catalogue_rows import RowKey
from hub.publishing.domain.row_validation import CatalogueTables, RowValidation, TableRows
from hub.publishing.domain.tables import TABLES

_MAX_STORIES_NAMED = 3


@dataclass(frozen=True, slots=True)
class RowFeedback:
    """What is to be written as `published` on a row."""

    table: str
    key: str
    published: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeldBackRows:
    """`failed` is story -> what was expected and came instead; `rows` are (table, key) of those
    that are not published until it holds."""

    failed_stories: Mapping[str, list[str]]
    rows: Collection[RowKey]

    @property
    def reasons(self) -> list[str]:
        names = sorted(self.failed_stories)
        said = [f"held back by story {name}: see there" for name in names[:_MAX_STORIES_NAMED]]
        more = len(names) - _MAX_STORIES_NAMED
        return [*said, *([f"and by {more} more stories"] if more > 0 else [])]


def build_feedback(
    validations: Mapping[str, Mapping[str, RowValidation]],
    rows: TableRows,
    snapshot: Mapping[str, Any],
    held_back: HeldBackRows,
    now: datetime,
) -> Iterator[RowFeedback]:
    """Those that do not stand on their rows already."""
    content: CatalogueTables = snapshot["rows"]
    warnings = lint(content, snapshot["reach"], now)
    for key, said in snapshot["proofs"].items():
        warnings.setdefault(("templates", key), []).extend(said)
    for table, found in validations.items():
        for row in rows.get(table, ()):
            key = str(row[TABLES[table].key])
            since = snapshot["running"][table].get(key, 0)
            due = _describe_row((table, key), found[key], content[table].get(key), since, held_back)
            if not due["problems"] and (warned := warnings.get((table, key))):
                due["warnings"] = warned
            if due != _drop_time(row.get("published")):
                yield RowFeedback(table, key, {**due, "at": to_iso(now)})


def _describe_row(
    place: RowKey, verdict: RowValidation, stands: Row | None, since: int, held: HeldBackRows
) -> dict[str, Any]:
    table, key = place
    runs = stands is not None and _read_status(table, stands) in RUNNING_STATUSES
    status, problems = _read_status(table, verdict.row), verdict.problems
    if problems:
        status = "refused"
    elif table == "stories" and key in held.failed_stories:
        status, problems = "failed", held.failed_stories[key]
    elif place in held.rows:
        status, problems = "held back", held.reasons
    return {
        "status": status,
        "catalogue": 0 if problems else since,
        "problems": problems,
        "running": since if runs else 0,
    }


def _read_status(table: str, row: Row) -> str:
    """A row is a draft until it says otherwise; a template is live by being there."""
    return RuleStatus.LIVE.value if table == "templates" else str(row.get("status") or "draft")


def _drop_time(published: object) -> object:
    if not isinstance(published, Mapping):
        return None
    return {name: value for name, value in published.items() if name != "at"}
