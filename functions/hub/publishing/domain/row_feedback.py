"""The result of a publication for each row, which the publisher writes on it as `published`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.catalogue.domain.row_reader import Row, RowReader
from hub.catalogue.domain.rule import RUNNING_STATUSES, RuleStatus
from hub.catalogue.domain.validity import Validity
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import to_iso
from hub.publishing.domain.linting import lint
from hub.publishing.domain.linting.catalogue_rows import RowKey
from hub.publishing.domain.row_validation import CatalogueTables, RowValidation, TableRows
from hub.publishing.domain.tables import TABLES

_MAX_STORIES_NAMED = 3
_MAX_SENTENCES, _LONGEST_SENTENCE = 40, 500


@dataclass(frozen=True, slots=True)
class RowFeedback:
    """What the publisher writes as `published` on one row."""

    table: str
    key: str
    published: JsonObject


@dataclass(frozen=True, slots=True)
class HeldBackRows:
    """`failed_stories` is story -> its mismatches; `rows` wait until the stories hold."""

    failed_stories: Mapping[str, list[str]]
    rows: Collection[RowKey]

    @property
    def reasons(self) -> list[str]:
        """The problems of each of the rows."""
        names = sorted(self.failed_stories)
        reasons = [f"held back by story {name}: see there" for name in names[:_MAX_STORIES_NAMED]]
        more = len(names) - _MAX_STORIES_NAMED
        return [*reasons, *([f"and by {more} more stories"] if more > 0 else [])]


def build_feedback(
    validations: Mapping[str, Mapping[str, RowValidation]],
    rows: TableRows,
    snapshot: JsonObject,
    held_back: HeldBackRows,
    now: datetime,
) -> Iterator[RowFeedback]:
    """Yields the feedback of each row that does not have it already."""
    content: CatalogueTables = snapshot["rows"]
    warnings = lint(content, snapshot["reach"], now, snapshot["unmeasured"])
    for key, proof_warnings in snapshot["proofs"].items():
        warnings.setdefault(("templates", key), []).extend(proof_warnings)
    for table, by_key in validations.items():
        for row in rows.get(table, ()):
            key = str(row[TABLES[table].key])
            number = snapshot["running"][table].get(key, 0)
            feedback = _describe_row(
                (table, key), by_key[key], content[table].get(key), number, held_back
            )
            if not feedback["problems"] and (row_warnings := warnings.get((table, key))):
                feedback["warnings"] = _shorten(row_warnings)
            if not feedback["problems"] and (valid := _describe_validity(by_key[key].row)):
                feedback["valid"] = valid
            if feedback != _drop_time(row.get("published")):
                yield RowFeedback(table, key, {**feedback, "at": to_iso(now)})


def _describe_row(
    row_key: RowKey,
    validation: RowValidation,
    version: Row | None,
    number: int,
    held_back: HeldBackRows,
) -> dict[str, Json]:
    """`version` is the row's version in the catalogue, and `number` that version's catalogue."""
    table, key = row_key
    runs = version is not None and _read_status(table, version) in RUNNING_STATUSES
    status, problems = _read_status(table, validation.row), validation.problems
    if problems:
        status = "refused"
    elif table == "stories" and key in held_back.failed_stories:
        status, problems = "failed", held_back.failed_stories[key]
    elif row_key in held_back.rows:
        status, problems = "held back", held_back.reasons
    return {
        "status": status,
        "catalogue": 0 if problems else number,
        "problems": _shorten(problems),
        "running": number if runs else 0,
    }


def _shorten(sentences: Sequence[str]) -> list[str]:
    """Shortens what is written on a row, because the row must stay below DynamoDB's 400 KB."""
    texts = [s if len(s) <= _LONGEST_SENTENCE else f"{s[:_LONGEST_SENTENCE]}..." for s in sentences]
    more = len(texts) - _MAX_SENTENCES
    return [*texts[:_MAX_SENTENCES], *([f"and {more} more like these"] if more > 0 else [])]


def _describe_validity(row: Row) -> str:
    """When the row is valid; empty if that has no limit."""
    return Validity.read(RowReader(row)).describe()


def _read_status(table: str, row: Row) -> str:
    """Reads a row's status. A row without one is a draft; a template is always live."""
    return RuleStatus.LIVE.value if table == "templates" else str(row.get("status") or "draft")


def _drop_time(published: object) -> object:
    if not isinstance(published, Mapping):
        return None
    return {name: value for name, value in published.items() if name != "at"}
