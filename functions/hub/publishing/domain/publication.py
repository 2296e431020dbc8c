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
from hub.catalogue.domain.compiled_catalogue import compile_with_reasons
from hub.content.domain.proof import Proofread, skip_proofreading
from hub.kernel.errors import explain_fault
from hub.kernel.json_types import JsonObject
from hub.kernel.times import to_iso
from hub.publishing.domain.catalogue_diff import diff_catalogues
from hub.publishing.domain.linting.match_rate import (
    RecallEpisodes,
    measure_match_rates,
    recall_nothing,
)
from hub.publishing.domain.refused_versions import (
    RefusedVersion,
    RefusedVersions,
    drop_refused,
    refuse_versions,
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
    nothing changed; there may be `feedback` all the same. `artifact` is the compiled snapshot."""

    snapshot: JsonObject | None
    feedback: tuple[RowFeedback, ...]
    artifact: bytes = b""


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
    recorded episodes of an event type.

    A version of a row with which the catalogue cannot be built is refused, and the catalogue is
    built again without it."""
    refused: RefusedVersions = ()
    recall = cache(recall)
    while True:
        attempt = _Attempt(rows, previous, now, check_row, proofread, editors, restored, recall)
        publication, faults = attempt.build(refused)
        if not faults:
            return publication
        refused += faults


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One attempt to build a catalogue; the fields are the parameters of `publish`."""

    rows: TableRows
    previous: JsonObject
    now: datetime
    check_row: RowCheck
    proofread: Proofread
    editors: Collection[str]
    restored: CatalogueTables
    recall: RecallEpisodes

    def build(self, refused: RefusedVersions) -> tuple[Publication, RefusedVersions]:
        """Builds the catalogue without the refused versions. Also returns the versions with which
        it cannot be built."""
        previous, now = self.previous, self.now
        validations = refuse_versions(
            validate_rows(self.rows, previous["rows"], self.check_row, self.proofread),
            previous["rows"],
            refused,
        )
        wanted = {
            table: {key: v.publishable for key, v in by_key.items() if v.publishable is not None}
            for table, by_key in validations.items()
        }
        failed, unplayable = _find_failed_stories(validations["stories"], wanted, now)
        old = {table: previous["rows"].get(table, {}) for table in wanted}
        content: CatalogueTables = wanted
        if failed:
            content = drop_refused(apply_restrictive_changes(wanted, old, self.restored), refused)
        snapshot = self._build_snapshot(content, old)
        held_back = HeldBackRows(failed, _find_held_back_rows(wanted, content))
        feedback = build_feedback(validations, self.rows, snapshot, held_back, now)
        if content == old:
            return Publication(None, tuple(feedback)), unplayable
        compiled = compile_with_reasons(snapshot)
        publication = Publication(snapshot, tuple(feedback), compiled.artifact)
        return publication, (*unplayable, *_list_unreadable(compiled.unreadable, content))

    def _build_snapshot(self, content: CatalogueTables, old: CatalogueTables) -> JsonObject:
        previous, recall = self.previous, self.recall
        number = previous["number"] + (content != old)
        changed = diff_catalogues(old, content)
        match_rates = measure_match_rates(content, changed, previous, recall)
        return {
            "number": number,
            "at": to_iso(self.now),
            "by": sorted(self.editors or _find_editors(content, changed)),
            "changes": changed,
            "rows": content,
            "running": _number_versions(content, old, previous.get("running", {}), number),
            **match_rates,
            **proofread_templates(content, changed, previous, self.proofread, recall),
        }


def _list_unreadable(unreadable: Mapping[str, str], content: CatalogueTables) -> RefusedVersions:
    keys = {name: tuple(name.split("/", maxsplit=1)) for name in unreadable}
    return tuple(
        RefusedVersion(table, key, content[table][key], f"when cannot be used: {unreadable[name]}")
        for name, (table, key) in keys.items()
    )


def _find_failed_stories(
    stories: Mapping[str, RowValidation], wanted: CatalogueTables, now: datetime
) -> tuple[dict[str, list[str]], RefusedVersions]:
    """Finds the live stories that fail, story -> its mismatches, and those that cannot be played.

    Invalid stories are not played. A story that cannot be played holds nothing back."""
    valid = {key: STORIES.read(v.row) for key, v in stories.items() if not v.problems}
    live = {key: story for key, story in valid.items() if story.status is StoryStatus.LIVE}
    if not live:
        return {}, ()
    catalogue = Catalogue.from_snapshot({"number": 0, "rows": wanted})
    failed, unplayable = dict[str, list[str]](), list[RefusedVersion]()
    for key, story in live.items():
        try:
            if mismatches := find_mismatches(story, catalogue, now):
                failed[key] = mismatches
        except BaseException as error:  # noqa: BLE001 - explain_fault raises what no story causes
            problem = f"when cannot be played: {explain_fault(error)}"
            unplayable.append(RefusedVersion("stories", key, stories[key].row, problem))
    return failed, tuple(unplayable)


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
