"""From the rows as they are now, and the last published catalogue, to the next one.

Level-triggered: nothing depends on which edits led here or how often they were told, so that any
stream record, repeated or late, may start it. A bad row leaves its last good version running; one
that refers to what is gone does not run at all. While a live story fails, nothing new is published
but brakes.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.content.domain.proof import Proofread, skip_proofreading
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

StoryFailures = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Publication:
    """`snapshot` is None when nothing changed; `notes` may be due all the same."""

    snapshot: Mapping[str, Any] | None
    feedback: tuple[RowFeedback, ...]


def publish(
    rows: TableRows,
    previous: Mapping[str, Any],
    now: datetime,
    check_row: RowCheck,
    proofread: Proofread = skip_proofreading,
    *,
    by: Collection[str] = (),
    restored: CatalogueTables = NO_ROLLBACK,
    recall: RecallEpisodes = recall_nothing,
) -> Publication:
    """`check_row` gives the problems of a tidy row by itself (`row_check`), `proofread` those of
    what it says. `by` is who edited, as
    far as the tables tell; `restored` are the rows of the catalogue that was just rolled back to;
    `recall` gives recorded episodes of an event type."""
    recall = cache(recall)
    verdicts = validate_rows(rows, previous["rows"], check_row, proofread)
    wanted = {
        table: {key: v.publishable for key, v in found.items() if v.publishable is not None}
        for table, found in verdicts.items()
    }
    failed = _find_failed_stories(verdicts["stories"], wanted, now)
    old = {table: previous["rows"].get(table, {}) for table in wanted}
    content = apply_restrictive_changes(wanted, old, restored) if failed else wanted
    number = previous["number"] + (content != old)
    changed = diff_catalogues(old, content)
    snapshot = {
        "number": number,
        "at": to_iso(now),
        "by": sorted(by or _find_editors(content, changed)),
        "changes": changed,
        "rows": content,
        "running": _number_versions(content, old, previous.get("running", {}), number),
        "reach": measure_match_rates(content, changed, previous.get("reach", {}), recall),
        **proofread_templates(content, changed, previous, proofread, recall),
    }
    held = HeldBackRows(failed, _find_held_back_rows(wanted, content))
    due = build_feedback(verdicts, rows, snapshot, held, now)
    return Publication(snapshot if content != old else None, tuple(due))


def _find_failed_stories(
    stories: Mapping[str, RowValidation], wanted: CatalogueTables, now: datetime
) -> dict[str, list[str]]:
    """The live stories that do not go as they say, and what was expected and came instead. One
    that is refused is not played: it is not known what it means to say."""
    read = (STORIES.read(v.row) for v in stories.values() if not v.problems)
    live = [story for story in read if story.status is StoryStatus.LIVE]
    if not live:
        return {}
    catalogue = Catalogue.from_snapshot({"number": 0, "rows": wanted})
    told = {story.story_id: find_mismatches(story, catalogue, now) for story in live}
    return {story_id: said for story_id, said in told.items() if said}


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
    """What the changed rows themselves say."""
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
    """The catalogue in which each row's version was first published."""
    return {
        table: {
            key: running.get(table, {}).get(key, number) if old[table].get(key) == row else number
            for key, row in found.items()
        }
        for table, found in content.items()
    }
