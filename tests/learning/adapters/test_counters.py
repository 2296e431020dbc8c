"""The learner's counters, in the tables and in the fake."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.learning.adapters.counter_reader import CounterReader
from hub.learning.adapters.counter_writer import CounterWriter
from hub.learning.domain.decaying_counters import Arm, CounterKey
from hub.learning.domain.feedback import FEEDBACK_RETENTION, Exposure, Feedback, merge_increments
from hub.learning.ports import CounterReader as LearnedPort
from hub.learning.ports import CounterWriter as LessonsPort
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources
from tests.factories import NOON

SHOWING = Exposure(Arm("mens", "email"), ("customer.loyalty.tier=gold", "place=a, b=ü"), NOON)
CALLED = replace(SHOWING, arm=Arm("mens", "call"))
Sums = dict[CounterKey, dict[str, int]]


@dataclass(frozen=True)
class Memory:
    """What is learned, and read again."""

    learned: LearnedPort
    lessons: LessonsPort

    def sums(self, lessons: Sequence[Feedback]) -> Sums:
        """Of all that these lessons touch."""
        return dict(self.learned.read([increment.key for increment in merge_increments(lessons)]))


def tables() -> Memory:
    moto_resources.table("learned", "offer", "cell")
    moto_resources.table("marks", "lesson_id")
    return Memory(CounterReader("learned"), patient())


def patient(pauses: list[float] | None = None) -> CounterWriter:
    """Who does not really wait."""
    return CounterWriter(
        "learned", "marks", lambda: NOON, ([] if pauses is None else pauses).append
    )


@pytest.fixture
def memory(real: bool) -> Memory:
    if real:
        return tables()
    fake = fakes.LearnedCounters()
    return Memory(fake, fake)


def a_lesson(name: str = "l-1", showing: Exposure = SHOWING, **given: int) -> Feedback:
    return Feedback(name, showing, **({"shown": 1} | given))


def expected(lessons: Sequence[Feedback]) -> Sums:
    """Each lesson once."""
    once = {lesson.id: lesson for lesson in lessons}
    return {increment.key: dict(increment.sums) for increment in merge_increments(once.values())}


class TestMemory:
    def test_what_was_never_counted_is_not_there(self, memory: Memory) -> None:
        assert memory.sums([a_lesson()]) == {}
        assert memory.learned.read([]) == {}

    def test_a_lesson_counts_for_its_arm_and_the_catalogue(self, memory: Memory) -> None:
        told = [a_lesson(answered=1)]
        memory.lessons.add_feedback(told)
        assert [key.offer for key in memory.sums(told)] == ["*", "mens"]
        assert memory.sums(told) == expected(told)

    def test_lessons_add_up(self, memory: Memory) -> None:
        told = [a_lesson("l-1"), a_lesson("l-2", CALLED), a_lesson("l-3", shown=0, answered=1)]
        memory.lessons.add_feedback(told[:1])
        memory.lessons.add_feedback(told[1:])
        assert memory.sums(told) == expected(told)

    def test_a_lesson_told_again_is_not_counted_again(self, memory: Memory) -> None:
        memory.lessons.add_feedback([a_lesson()])
        memory.lessons.add_feedback([a_lesson(), a_lesson("l-2"), a_lesson(), a_lesson("l-2")])
        memory.lessons.add_feedback([a_lesson("l-2")])
        assert memory.sums([a_lesson()]) == expected([a_lesson(), a_lesson("l-2")])

    def test_an_answer_can_be_taken_back(self, memory: Memory) -> None:
        told = [a_lesson(shown=0, answered=1), a_lesson("l-2", shown=0, answered=-1)]
        memory.lessons.add_feedback(told)
        assert {sum_ for sums in memory.sums(told).values() for sum_ in sums.values()} == {0}

    def test_nothing_is_learned_of_nothing(self, memory: Memory) -> None:
        memory.lessons.add_feedback([])
        memory.lessons.add_feedback([a_lesson(shown=0)])
        assert memory.sums([a_lesson()]) == {}

    def test_more_than_one_transaction_takes_is_learned(self, memory: Memory) -> None:
        told = [
            a_lesson(f"l-{at}", replace(SHOWING, arm=Arm(f"offer-{at % 30}", "email")))
            for at in range(90)
        ]
        memory.lessons.add_feedback(told)
        memory.lessons.add_feedback(told[::-1])
        assert memory.sums(told) == expected(told)

    def test_more_bins_than_one_update_takes_are_learned(self, memory: Memory) -> None:
        told = [a_lesson(f"l-{at}", replace(SHOWING, bins=(f"f={at}",))) for at in range(110)]
        memory.lessons.add_feedback(told)
        assert memory.sums(told) == expected(told)

    @given(
        st.lists(st.integers(0, 30), max_size=40),
        st.lists(st.integers(0, 40), max_size=4).map(sorted),
    )
    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_whatever_is_repeated_cut_or_reordered_is_counted_once(
        self, memory: Memory, numbers: list[int], cuts: list[int]
    ) -> None:
        run = uuid4().hex
        offers = [replace(SHOWING, arm=Arm(f"{run}-{at}", "email")) for at in range(3)]
        told = [
            a_lesson(f"{run}-{at}", replace(offers[at % 3], bins=(f"run={run}", f"f={at % 5}")))
            for at in numbers
        ]
        for start, end in zip([0, *cuts], [*cuts, len(told)], strict=True):
            memory.lessons.add_feedback(told[start:end])
        own = [key for key in expected(told) if key.offer != "*"]
        assert memory.learned.read(own) == {key: expected(told)[key] for key in own}
        for key in expected(told).keys() - own:
            assert memory.learned.read([key])[key][f"shown run={run}"] == sum(
                expected(told)[one]["shown"] for one in own
            )


@pytest.mark.usefixtures("in_aws")
class TestTables:
    def test_dozens_of_lessons_cost_one_transaction_and_a_choice_one_read(self) -> None:
        memory = tables()
        with moto_resources.counted(aws_clients.dynamodb()) as calls:
            memory.lessons.add_feedback([a_lesson(f"l-{at}") for at in range(90)])
            memory.sums([a_lesson()])
        assert calls == ["TransactWriteItems", "BatchGetItem"]

    def test_a_mark_goes_when_its_lesson_can_come_no_more(self) -> None:
        tables().lessons.add_feedback([a_lesson()])
        (mark,) = moto_resources.items("marks")
        assert mark["lesson_id"] == {"S": "l-1"}
        assert int(mark["expires"]["N"]) == (NOON + FEEDBACK_RETENTION).timestamp()

    def test_while_others_learn_it_waits_a_little_longer_each_time_and_then_gives_up(self) -> None:
        memory, pauses = tables(), list[float]()
        busy = cancelled("None", "TransactionConflict", "None")
        with (
            moto_resources.answering(aws_clients.dynamodb(), "TransactWriteItems", busy, 400),
            pytest.raises(Conflict),
        ):
            patient(pauses).add_feedback([a_lesson()])
        assert len(pauses) > 3
        assert memory.sums([a_lesson()]) == {}

    def test_an_outage_is_told_apart_from_a_repeat(self) -> None:
        memory = tables()
        for reasons in (["ThrottlingError", "None", "None"], []):
            down = cancelled(*reasons)
            with (
                moto_resources.answering(aws_clients.dynamodb(), "TransactWriteItems", down, 400),
                pytest.raises(Unavailable),
            ):
                memory.lessons.add_feedback([a_lesson()])

    def test_the_largest_sum_keeps_its_last_digit(self) -> None:
        memory = tables()
        (_, own) = expected([a_lesson()]).items()
        key, sums = own
        row = {"offer": {"S": key.offer}, "cell": {"S": key.cell}, "shown": {"N": str(10**37)}}
        aws_clients.dynamodb().put_item(TableName="learned", Item=row)
        memory.lessons.add_feedback([a_lesson()])
        assert memory.learned.read([key])[key]["shown"] == 10**37 + sums["shown"]

    def test_a_remark_on_the_row_is_no_counter(self) -> None:
        memory, key = tables(), CounterKey("mens", "email#1s#0")
        row = {"offer": {"S": "mens"}, "cell": {"S": key.cell}, "note": {"S": "new in May"}}
        aws_clients.dynamodb().put_item(TableName="learned", Item={**row, "shown": {"N": "2.5"}})
        assert memory.learned.read([key]) == {key: {"shown": 2}}

    def test_keys_left_over_are_asked_for_again_and_then_given_up(self) -> None:
        memory, key = tables(), CounterKey("mens", "email#1s#0")
        left = {"learned": {"Keys": [{"offer": {"S": "mens"}, "cell": {"S": key.cell}}]}}
        answer = {"Responses": {}, "UnprocessedKeys": left}
        with (
            moto_resources.answering(aws_clients.dynamodb(), "BatchGetItem", answer),
            pytest.raises(Unavailable, match="left over"),
        ):
            memory.learned.read([key])

    def test_a_row_that_cannot_be_added_to_is_rejected_and_leaves_no_mark(self) -> None:
        memory = tables()
        for key in expected([a_lesson()]):
            row = {"offer": {"S": key.offer}, "cell": {"S": key.cell}, "shown": {"S": "many"}}
            aws_clients.dynamodb().put_item(TableName="learned", Item=row)
        with pytest.raises(Rejected):
            memory.lessons.add_feedback([a_lesson()])
        assert moto_resources.items("marks") == []


def cancelled(*reasons: str) -> dict[str, Any]:
    """DynamoDB's answer to a transaction it gave up."""
    return {
        "Error": {"Code": "TransactionCanceledException", "Message": ""},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
