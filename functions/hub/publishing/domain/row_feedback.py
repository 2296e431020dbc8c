"""What each row is told of its publication: written on it as `published`."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.catalogue.domain.row_reader import KEYS, Row
from hub.catalogue.domain.rule import RUNNING, RuleStatus
from hub.kernel.times import iso
from hub.publishing.domain.linting import lint
from hub.publishing.domain.linting.catalogue_rows import Place
from hub.publishing.domain.row_validation import Rows, Tables, Verdict

_STORIES_TOLD = 3


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be written as `published` on a row."""

    table: str
    key: str
    published: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """`failed` is story -> what was expected and came instead; `rows` are (table, key) of those
    that are not published until it holds."""

    failed: Mapping[str, list[str]]
    rows: Collection[Place]

    @property
    def reasons(self) -> list[str]:
        names = sorted(self.failed)
        said = [f"held back by story {name}: see there" for name in names[:_STORIES_TOLD]]
        more = len(names) - _STORIES_TOLD
        return [*said, *([f"and by {more} more stories"] if more > 0 else [])]


def notes(
    verdicts: Mapping[str, Mapping[str, Verdict]],
    rows: Rows,
    snapshot: Mapping[str, Any],
    held: Held,
    now: datetime,
) -> Iterator[Note]:
    """Those that do not stand on their rows already."""
    content: Tables = snapshot["rows"]
    warnings = lint(content, snapshot["reach"], now)
    for key, said in snapshot["proofs"].items():
        warnings.setdefault(("templates", key), []).extend(said)
    for table, found in verdicts.items():
        for row in rows.get(table, ()):
            key = str(row[KEYS[table]])
            since = snapshot["running"][table].get(key, 0)
            due = _note((table, key), found[key], content[table].get(key), since, held)
            if not due["problems"] and (warned := warnings.get((table, key))):
                due["warnings"] = warned
            if due != _without_time(row.get("published")):
                yield Note(table, key, {**due, "at": iso(now)})


def _note(
    place: Place, verdict: Verdict, stands: Row | None, since: int, held: Held
) -> dict[str, Any]:
    table, key = place
    runs = stands is not None and _status(table, stands) in RUNNING
    status, problems = _status(table, verdict.row), verdict.problems
    if problems:
        status = "refused"
    elif table == "stories" and key in held.failed:
        status, problems = "failed", held.failed[key]
    elif place in held.rows:
        status, problems = "held back", held.reasons
    return {
        "status": status,
        "catalogue": 0 if problems else since,
        "problems": problems,
        "running": since if runs else 0,
    }


def _status(table: str, row: Row) -> str:
    """A row is a draft until it says otherwise; a template is live by being there."""
    return RuleStatus.LIVE.value if table == "templates" else str(row.get("status") or "draft")


def _without_time(published: object) -> object:
    if not isinstance(published, Mapping):
        return None
    return {name: value for name, value in published.items() if name != "at"}
