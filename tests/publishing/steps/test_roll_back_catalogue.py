"""Rolling back by one attribute on the item with the newest catalogue's number."""

from functools import partial
from typing import Any

import pytest

from hub.expression.domain.field_types import FieldTypes
from hub.publishing.domain.publication import make_row_check
from hub.publishing.steps.publish_catalogue import publish_catalogue
from hub.publishing.steps.roll_back_catalogue import roll_back_catalogue
from tests import fakes

RULE = {"rule_id": "r", "strategy": "s", "event": "a.b", "move_to": "x", "status": "live"}
STORY = {
    "story_id": "moves",
    "when": "a.b",
    "then": {"states": {"s": "y"}},
    "status": "live",
}


class Marketer:
    """The marketers' tables; every edit is published."""

    def __init__(self) -> None:
        self.rows, self.store = fakes.CatalogueRows(), fakes.CatalogueStore()
        self.clock = fakes.FixedClock()
        self.publish = partial(
            publish_catalogue,
            self.rows,
            self.store,
            check_row=make_row_check(lambda _table, _row: [], FieldTypes()),
            clock=self.clock,
        )

    def type(self, table: str, row: dict[str, Any]) -> None:
        self.rows.put(table, row)
        self.publish()

    def roll_back(self, to: object) -> dict[str, Any]:
        """Returns the result."""
        rollbacks = fakes.RollbackRequests(roll_back_to=to)
        parts = self.rows, self.store, rollbacks
        roll_back_catalogue(*parts, lambda back: self.publish(restored=back), self.clock)
        return rollbacks.item

    @property
    def newest(self) -> dict[str, Any]:
        return dict(self.store.load(self.store.read_newest_number())["rows"])


@pytest.fixture
def marketer() -> Marketer:
    marketer = Marketer()
    marketer.type("rules", RULE)
    marketer.type("rules", {**RULE, "move_to": "y"})
    marketer.type("rules", {**RULE, "rule_id": "later", "strategy": "t"})
    return marketer


def test_a_rollback_restores_the_earlier_rows_and_reports_its_result(marketer: Marketer) -> None:
    result = marketer.roll_back(1)
    assert marketer.newest["rules"] == {"r": RULE}
    assert result == {
        "rolled_back": {
            "to": 1,
            "at": "2026-11-22T12:00:00.000Z",
            "edits": 2,
            "put": ["rules/r"],
            "deleted": ["rules/later"],
        }
    }
    assert marketer.store.read_newest_number() == 4
    assert marketer.rows.rows["rules"]["r"]["published"]["running"] == 4


def test_rolling_back_twice_changes_nothing_more(marketer: Marketer) -> None:
    marketer.roll_back(1)
    assert marketer.roll_back("1")["rolled_back"]["edits"] == 0
    assert marketer.store.read_newest_number() == 4


@pytest.mark.parametrize("number", [9, 0, "twelve", [1]])
def test_nonsense_is_refused_and_changes_nothing(marketer: Marketer, number: object) -> None:
    before = marketer.rows.read_all()
    assert list(marketer.roll_back(number)) == ["rollback_refused"]
    assert marketer.rows.read_all() == before


def test_without_a_request_nothing_happens(marketer: Marketer) -> None:
    rollbacks = fakes.RollbackRequests()
    published: list[object] = []
    parts = marketer.rows, marketer.store, rollbacks
    assert not roll_back_catalogue(*parts, published.append, marketer.clock)
    assert (published, rollbacks.item) == ([], {})


def test_a_rollback_restores_the_stories_with_their_rules(marketer: Marketer) -> None:
    marketer.type("stories", STORY)
    marketer.type("stories", {**STORY, "status": "draft"})
    marketer.type("rules", RULE)
    marketer.roll_back(4)
    assert marketer.newest["stories"] == {"moves": STORY}
    assert marketer.newest["rules"]["r"]["move_to"] == "y"
    marketer.roll_back(1)
    assert marketer.newest["stories"] == {}


def test_a_story_that_fails_by_now_does_not_hold_back_a_rollback(marketer: Marketer) -> None:
    marketer.type("rules", {**RULE, "starts": "2026-12-01"})
    marketer.type("stories", {**STORY, "then": {"states": {"s": ""}}})
    marketer.type("rules", {**RULE, "starts": "2026-12-01", "priority": 3})
    wanted = marketer.store.read_newest_number() - 1
    marketer.clock.passes(days=30)
    marketer.publish()
    assert marketer.rows.rows["stories"]["moves"]["published"]["status"] == "failed"
    marketer.roll_back(wanted)
    assert "priority" not in marketer.newest["rules"]["r"]


def test_an_interrupted_rollback_is_completed(marketer: Marketer) -> None:
    rollbacks = fakes.RollbackRequests(roll_back_to=1)

    def interrupt(_: object) -> None:
        raise InterruptedError

    parts = marketer.rows, marketer.store, rollbacks
    with pytest.raises(InterruptedError):
        roll_back_catalogue(*parts, interrupt, marketer.clock)
    assert rollbacks.read_request() == 1
    assert roll_back_catalogue(*parts, lambda back: marketer.publish(restored=back), marketer.clock)
    assert marketer.newest["rules"] == {"r": RULE}
