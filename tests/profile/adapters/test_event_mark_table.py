"""The marks of applied events: one contract for the fake and the table."""

import pytest

from hub.kernel.errors import Unavailable
from hub.profile.adapters.event_mark_table import EventMarkTable
from hub.profile.ports import EventMarks
from tests import fakes, moto_resources
from tests.factories import NOON, later

MANY = [f"mark-{n}" for n in range(130)]
"""More than one request of DynamoDB takes, read or written."""


@pytest.fixture
def marks(real: bool) -> EventMarks:
    if real:
        return EventMarkTable(moto_resources.table("marks", "mark"), fakes.FixedClock())
    return fakes.EventMarks()


class TestEventMarks:
    def test_at_first_nothing_is_marked(self, marks: EventMarks) -> None:
        assert marks.find([]) == frozenset()
        assert marks.find(["a", "b"]) == frozenset()

    def test_what_was_stored_is_found_and_nothing_else(self, marks: EventMarks) -> None:
        marks.store(["a", "b"])
        marks.store([])
        assert marks.find(["b", "c"]) == {"b"}

    def test_a_mark_may_be_stored_again(self, marks: EventMarks) -> None:
        marks.store(["a"])
        marks.store(["a", "a"])
        assert marks.find(["a"]) == {"a"}

    def test_many_are_stored_and_found_at_once(self, marks: EventMarks) -> None:
        marks.store(MANY[:-1])
        assert marks.find(MANY) == frozenset(MANY[:-1])


@pytest.mark.usefixtures("in_aws")
class TestEventMarkTable:
    def test_a_mark_expires_after_ninety_days_and_says_nothing_else(self) -> None:
        EventMarkTable(moto_resources.table("marks", "mark"), fakes.FixedClock(NOON)).store(["a"])
        (item,) = moto_resources.items("marks")
        expires = int(later(days=90).timestamp())
        assert item == {"mark": {"S": "a"}, "expires": {"N": str(expires)}}

    def test_a_table_that_is_not_there_is_unavailable(self) -> None:
        missing = EventMarkTable("nowhere")
        with pytest.raises(Unavailable):
            missing.find(["a"])
        with pytest.raises(Unavailable):
            missing.store(["a"])
