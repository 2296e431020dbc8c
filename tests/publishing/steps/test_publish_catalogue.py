"""The guard between the marketers' tables and the catalogue that decides."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.compiled_catalogue import load_compiled_catalogue
from hub.catalogue.ports import CatalogueStore as Store
from hub.expression.domain.field_types import FieldTypes
from hub.kernel.errors import Conflict, Unavailable
from hub.model.episode import RecordedEpisode
from hub.publishing.domain.publication import Publication, make_row_check
from hub.publishing.ports import CatalogueRows as Rows
from hub.publishing.steps.publish_catalogue import MAX_ATTEMPTS, publish_catalogue
from tests.fakes.catalogue import CatalogueRows, CatalogueStore
from tests.fakes.clock import FixedClock

RULE = {
    "rule_id": "r",
    "strategy": "s",
    "event": "a.b",
    "when": "event.total > 5",
    "move_to": "x",
    "status": "live",
}


def guarded(rows: Rows, store: Store, **more: Any) -> Publication:
    return publish_catalogue(
        rows,
        store,
        check_row=make_row_check(lambda _table, _row: [], FieldTypes()),
        clock=FixedClock(),
        **more,
    )


def test_a_row_is_published_and_told_so() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    guarded(rows, store)
    assert store.read_newest_number() == 1
    assert store.load(1)["rows"]["rules"]["r"] == RULE
    assert rows.rows["rules"]["r"]["published"]["status"] == "live"


def test_the_guards_own_note_brings_nothing_new() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    guarded(rows, store)
    assert guarded(rows, store) == Publication(None, ())
    assert store.read_newest_number() == 1


def test_what_is_published_is_prebuilt_too() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    guarded(rows, store)
    prebuilt = load_compiled_catalogue(store.load_compiled(1) or b"")
    assert prebuilt is not None
    assert prebuilt.number == 1
    assert list(prebuilt.rules_for("a.b")) == list(
        Catalogue.from_snapshot(store.load(1)).rules_for("a.b")
    )


def test_what_another_release_published_is_prebuilt_for_this_one() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    guarded(rows, store)
    store.artifacts.clear()
    assert guarded(rows, store).snapshot is None
    prebuilt = load_compiled_catalogue(store.load_compiled(1) or b"")
    assert prebuilt is not None
    assert len(prebuilt.rules_for("a.b")) == 1


def test_a_mistyped_edit_is_refused_and_mended_and_published() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    guarded(rows, store)
    rows.put("rules", {**RULE, "when": "event.total => 5"})
    guarded(rows, store)
    assert store.read_newest_number() == 1
    assert rows.rows["rules"]["r"]["published"]["problems"] == [
        "when, position 13: => is not a comparison: did you mean >=?"
    ]
    rows.put("rules", {**RULE, "when": "event.total >= 5"})
    guarded(rows, store)
    assert store.load(2)["rows"]["rules"]["r"]["when"] == "event.total >= 5"
    assert rows.rows["rules"]["r"]["published"]["running"] == 2


def test_who_edited_and_what_changed_is_published() -> None:
    rows, store = CatalogueRows(rules=[{**RULE, "edited_by": "ann"}]), CatalogueStore()
    guarded(rows, store)
    assert store.load(1)["by"] == ["ann"]
    rows.put("rules", {**RULE, "priority": 2})
    guarded(rows, store, by=["AROA:bernd"])
    assert store.load(2)["by"] == ["AROA:bernd"]
    assert store.load(2)["changes"] == {"rules": {"changed": ["r"]}}


def test_an_archive_that_is_away_keeps_nothing_from_being_published() -> None:
    def away(_: str) -> Sequence[RecordedEpisode]:
        raise Unavailable("the archive is away")

    store = CatalogueStore()
    guarded(CatalogueRows(rules=[dict(RULE)]), store, recall=away)
    assert store.read_newest_number() == 1


class OvertakenStore(CatalogueStore):
    """Another guard is faster, a number of times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        if self.times:
            self.times -= 1
            super().publish(number, {**snapshot, "rows": {}})
        super().publish(number, snapshot, artifact)


def test_an_overtaken_guard_starts_again_from_what_the_other_published() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), OvertakenStore(2)
    guarded(rows, store)
    assert store.read_newest_number() == 3
    assert store.load(3)["running"]["rules"] == {"r": 3}
    assert rows.rows["rules"]["r"]["published"]["running"] == 3


def test_a_guard_that_is_always_overtaken_gives_up_without_a_note() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), OvertakenStore(MAX_ATTEMPTS)
    with pytest.raises(Conflict):
        guarded(rows, store)
    assert "published" not in rows.rows["rules"]["r"]


class EditedWhileRead(CatalogueRows):
    """Somebody else reads the edit, publishes it, and only then do our older rows arrive."""

    def __init__(self, store: CatalogueStore, old: dict[str, Any], new: dict[str, Any]) -> None:
        super().__init__(rules=[old])
        self._store, self._new = store, new

    def read_all(self) -> dict[str, list[dict[str, Any]]]:
        older = super().read_all()
        if self._store.read_newest_number() == 0:
            self.put("rules", self._new)
            guarded(CatalogueRows(rules=[dict(self._new)]), self._store)
        return older


def test_rows_read_earlier_are_never_published_over_a_later_reading() -> None:
    store = CatalogueStore()
    new = {**RULE, "priority": 9}
    guarded(EditedWhileRead(store, dict(RULE), new), store)
    assert store.load(store.read_newest_number())["rows"]["rules"]["r"] == new
