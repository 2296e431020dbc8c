"""The publisher: from the marketers' tables to the next catalogue."""

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


def publish(rows: Rows, store: Store, **more: Any) -> Publication:
    return publish_catalogue(
        rows,
        store,
        check_row=make_row_check(lambda _table, _row: [], FieldTypes()),
        clock=FixedClock(),
        **more,
    )


def test_a_row_is_published_with_feedback() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    publish(rows, store)
    assert store.read_newest_number() == 1
    assert store.load(1)["rows"]["rules"]["r"] == RULE
    assert rows.rows["rules"]["r"]["published"]["status"] == "live"


def test_the_publishers_own_feedback_changes_nothing() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    publish(rows, store)
    assert publish(rows, store) == Publication(None, ())
    assert store.read_newest_number() == 1


def test_a_published_catalogue_is_compiled() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    publish(rows, store)
    compiled = load_compiled_catalogue(store.load_compiled(1) or b"")
    assert compiled is not None
    assert compiled.number == 1
    assert list(compiled.rules_for("a.b")) == list(
        Catalogue.from_snapshot(store.load(1)).rules_for("a.b")
    )


def test_a_catalogue_of_another_release_is_compiled_for_this_one() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    publish(rows, store)
    store.artifacts.clear()
    assert publish(rows, store).snapshot is None
    compiled = load_compiled_catalogue(store.load_compiled(1) or b"")
    assert compiled is not None
    assert len(compiled.rules_for("a.b")) == 1


def test_a_mistyped_edit_is_refused_corrected_and_published() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), CatalogueStore()
    publish(rows, store)
    rows.put("rules", {**RULE, "when": "event.total => 5"})
    publish(rows, store)
    assert store.read_newest_number() == 1
    assert rows.rows["rules"]["r"]["published"]["problems"] == [
        "when, position 13: => is not a comparison: did you mean >=?"
    ]
    rows.put("rules", {**RULE, "when": "event.total >= 5"})
    publish(rows, store)
    assert store.load(2)["rows"]["rules"]["r"]["when"] == "event.total >= 5"
    assert rows.rows["rules"]["r"]["published"]["running"] == 2


def test_editors_and_changes_are_published() -> None:
    rows, store = CatalogueRows(rules=[{**RULE, "edited_by": "ann"}]), CatalogueStore()
    publish(rows, store)
    assert store.load(1)["by"] == ["ann"]
    rows.put("rules", {**RULE, "priority": 2})
    publish(rows, store, editors=["AROA:bernd"])
    assert store.load(2)["by"] == ["AROA:bernd"]
    assert store.load(2)["changes"] == {"rules": {"changed": ["r"]}}


def test_the_publisher_works_without_the_archive() -> None:
    def fail(_: str) -> Sequence[RecordedEpisode]:
        raise Unavailable("the archive cannot be read")

    store = CatalogueStore()
    publish(CatalogueRows(rules=[dict(RULE)]), store, recall=fail)
    assert store.read_newest_number() == 1


class OvertakenStore(CatalogueStore):
    """Another publisher is faster, a number of times."""

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


def test_an_overtaken_publisher_starts_again_from_the_others_catalogue() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), OvertakenStore(2)
    publish(rows, store)
    assert store.read_newest_number() == 3
    assert store.load(3)["running"]["rules"] == {"r": 3}
    assert rows.rows["rules"]["r"]["published"]["running"] == 3


def test_a_publisher_that_is_always_overtaken_gives_up_without_feedback() -> None:
    rows, store = CatalogueRows(rules=[dict(RULE)]), OvertakenStore(MAX_ATTEMPTS)
    with pytest.raises(Conflict):
        publish(rows, store)
    assert "published" not in rows.rows["rules"]["r"]


class EditedWhileRead(CatalogueRows):
    """Another publisher reads the edit and publishes it before our older rows arrive."""

    def __init__(self, store: CatalogueStore, old: dict[str, Any], new: dict[str, Any]) -> None:
        super().__init__(rules=[old])
        self._store, self._new = store, new

    def read_all(self) -> dict[str, list[dict[str, Any]]]:
        older = super().read_all()
        if self._store.read_newest_number() == 0:
            self.put("rules", self._new)
            publish(CatalogueRows(rules=[dict(self._new)]), self._store)
        return older


def test_older_rows_are_never_published_over_newer_ones() -> None:
    store = CatalogueStore()
    new = {**RULE, "priority": 9}
    publish(EditedWhileRead(store, dict(RULE), new), store)
    assert store.load(store.read_newest_number())["rows"]["rules"]["r"] == new
