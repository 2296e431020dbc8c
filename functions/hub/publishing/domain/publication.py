"""Builds the next catalogue from the current rows and the last published catalogue.

It is level-triggered: the result does not depend on which edits happened or how often the stream
reported them, so any stream record, repeated or late, may start it. An invalid row leaves its last
valid version running. A row that names a deleted row does not run at all. While a live story fails,
only changes that restrict the catalogue are published.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from hub.catalogue.domain.catalogue import Catalogue
from hub.content.domain.proof import Proofread, skip_proofreading
from hub.kernel.json_types import JsonObject
from hub.kernel.times import to_iso
from hub.publishing.domain.catalogue_diff import diff_catalogues
from hub.publishing.domain.linting.match_rate import (
    RecallEpisodes,
    measure_match_rates,
    recall_nothing,
)
from hub.publishing.domain.restrictive_changes import NO_ROLLBACK, apply_restrictive_changes
from hub.publishing.domain.row_feedback import HeldBackRows, RowFeedback, build_feedback
from hub.publishing.domain.row_validation import (
    CatalogueTables,
    RowCheck,
    RowValidation,
    TableRows,
    make_row_check,
    validate_rows,
)
from hub.publishing.domain.stories import STORIES, StoryStatus, find_mismatches
from hub.publishing.domain.template_proofs import proofread_templates

__all__ = ["Publication", "RowCheck", "RowFeedback", "TableRows", "make_row_check", "publish"]


@dataclass(frozen=True, slots=True)
class Publication:
    """The result: the next catalogue, and what the publisher writes on rows. `snapshot` is None if
    nothing changed; there may be `feedback` all the same."""

    snapshot: JsonObject | None
    feedback: tuple[RowFeedback, ...]


def publish(
    rows: TableRows,
    previous: JsonObject,
    now: datetime,
    check_row: RowCheck,
    proofread: Proofread = skip_proofreading,
    *,
    editors: Collection[str] = (),
    restored: CatalogueTables = NO_ROLLBACK,
    recall: RecallEpisodes = recall_nothing,
) -> Publication:
    """Validates all rows and builds the next catalogue.

    `check_row` finds the problems of a single tidied row (`make_row_check`), `proofread` those of a
    template's content. `editors` are the people who edited the rows, if the tables' streams name
    them. `restored` are the rows of the catalogue that was just rolled back to. `recall` reads
    recorded episodes of an event type."""
    recall = cache(recall)
    validations = validate_rows(rows, previous["rows"], check_row, proofread)
    wanted = {
        table: {key: v.publishable for key, v in by_key.items() if v.publishable is not None}
        for table, by_key in validations.items()
    }
    failed = _find_failed_stories(validations["stories"], wanted, now)
    old = {table: previous["rows"].get(table, {}) for table in wanted}
    content = apply_restrictive_changes(wanted, old, restored) if failed else wanted
    number = previous["number"] + (content != old)
    changed = diff_catalogues(old, content)
    snapshot = {
        "number": number,
        "at": to_iso(now),
        "by": sorted(editors or _find_editors(content, changed)),
        "changes": changed,
        "rows": content,
        "running": _number_versions(content, old, previous.get("running", {}), number),
        "reach": measure_match_rates(content, changed, previous.get("reach", {}), recall),
        **proofread_templates(content, changed, previous, proofread, recall),
    }
    held_back = HeldBackRows(failed, _find_held_back_rows(wanted, content))
    feedback = build_feedback(validations, rows, snapshot, held_back, now)
    return Publication(snapshot if content != old else None, tuple(feedback))


def _find_failed_stories(
    stories: Mapping[str, RowValidation], wanted: CatalogueTables, now: datetime
) -> dict[str, list[str]]:
    """Finds the live stories that fail: story -> its mismatches. Invalid stories are not played."""
    valid = (STORIES.read(v.row) for v in stories.values() if not v.problems)
    live = [story for story in valid if story.status is StoryStatus.LIVE]
    if not live:
        return {}
    catalogue = Catalogue.from_snapshot({"number": 0, "rows": wanted})
    mismatches = {story.story_id: find_mismatches(story, catalogue, now) for story in live}
    return {story_id: sentences for story_id, sentences in mismatches.items() if sentences}


def _find_held_back_rows(wanted: CatalogueTables, content: CatalogueTables) -> set[tuple[str, str]]:
    return {
        (table, key)
        for table, rows in wanted.items()
        for key, row in rows.items()
        if content[table].get(key) != row
    }


def _find_editors(
    content: CatalogueTables, changed: Mapping[str, Mapping[str, Collection[str]]]
) -> Iterator[str]:
    """Yields the names in the attribute `edited_by` of the changed rows."""
    names = {
        str(content[table][key].get("edited_by", ""))
        for table, kinds in changed.items()
        for kind, keys in kinds.items()
        for key in keys
        if kind != "removed"
    }
    yield from names - {""}


def _number_versions(
    content: CatalogueTables,
    old: CatalogueTables,
    running: Mapping[str, Mapping[str, int]],
    number: int,
) -> dict[str, dict[str, int]]:
    """Finds the number of the catalogue in which each row's version was first published."""
    return {
        table: {
            key: running.get(table, {}).get(key, number) if old[table].get(key) == row else number
            for key, row in rows.items()
        }
        for table, rows in content.items()
    }
