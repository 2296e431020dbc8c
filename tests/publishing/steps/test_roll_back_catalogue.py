"""Rolling back by one attribute on the item that names the newest catalogue."""

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


class Score:
    """The marketers' tables with a guard who looks after them."""

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

    def wish(self, to: object) -> dict[str, Any]:
        """What is answered."""
        rollbacks = fakes.RollbackRequests(roll_back_to=to)
        parts = self.rows, self.store, rollbacks
        roll_back_catalogue(*parts, lambda back: self.publish(restored=back), self.clock)
        return rollbacks.item

    @property
    def decides(self) -> dict[str, Any]:
        return dict(self.store.load(self.store.read_newest_number())["rows"])


@pytest.fixture
def score() -> Score:
    score = Score()
    score.type("rules", RULE)
    score.type("rules", {**RULE, "move_to": "y"})
    score.type("rules", {**RULE, "rule_id": "later", "strategy": "t"})
    return score


def test_the_rows_of_then_decide_again_and_it_is_told(score: Score) -> None:
    answer = score.wish(1)
    assert score.decides["rules"] == {"r": RULE}
    assert answer == {
        "rolled_back": {
            "to": 1,
            "at": "2026-11-22T12:00:00.000Z",
            "edits": 2,
            "put": ["rules/r"],
            "deleted": ["rules/later"],
        }
    }
    assert score.store.read_newest_number() == 4
    assert score.rows.rows["rules"]["r"]["published"]["running"] == 4


def test_wishing_twice_changes_nothing_more(score: Score) -> None:
    score.wish(1)
    assert score.wish("1")["rolled_back"]["edits"] == 0
    assert score.store.read_newest_number() == 4


@pytest.mark.parametrize("wish", [9, 0, "twelve", [1]])
def test_nonsense_is_refused_and_changes_nothing(score: Score, wish: object) -> None:
    before = score.rows.read_all()
    assert list(score.wish(wish)) == ["rollback_refused"]
    assert score.rows.read_all() == before


def test_nothing_wished_is_nothing_done(score: Score) -> None:
    rollbacks = fakes.RollbackRequests()
    published: list[object] = []
    parts = score.rows, score.store, rollbacks
    assert not roll_back_catalogue(*parts, published.append, score.clock)
    assert (published, rollbacks.item) == ([], {})


def test_the_stories_of_then_come_back_with_the_rules_they_were_written_for(score: Score) -> None:
    score.type("stories", STORY)
    score.type("stories", {**STORY, "status": "draft"})
    score.type("rules", RULE)
    score.wish(4)
    assert score.decides["stories"] == {"moves": STORY}
    assert score.decides["rules"]["r"]["move_to"] == "y"
    score.wish(1)
    assert score.decides["stories"] == {}


def test_a_story_that_time_has_made_fail_does_not_hold_up_a_rollback(score: Score) -> None:
    score.type("rules", {**RULE, "starts": "2026-12-01"})
    score.type("stories", {**STORY, "then": {"states": {"s": ""}}})
    score.type("rules", {**RULE, "starts": "2026-12-01", "priority": 3})
    wanted = score.store.read_newest_number() - 1
    score.clock.passes(days=30)
    score.publish()
    assert score.rows.rows["stories"]["moves"]["published"]["status"] == "failed"
    score.wish(wanted)
    assert "priority" not in score.decides["rules"]["r"]


def test_a_rollback_that_was_cut_off_is_finished(score: Score) -> None:
    rollbacks = fakes.RollbackRequests(roll_back_to=1)

    def dies(_: object) -> None:
        raise InterruptedError

    parts = score.rows, score.store, rollbacks
    with pytest.raises(InterruptedError):
        roll_back_catalogue(*parts, dies, score.clock)
    assert rollbacks.read_request() == 1
    assert roll_back_catalogue(*parts, lambda back: score.publish(restored=back), score.clock)
    assert score.decides["rules"] == {"r": RULE}
