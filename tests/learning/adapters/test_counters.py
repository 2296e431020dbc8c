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
from hub.learning.ports import CounterReader as ReaderPort
from hub.learning.ports import CounterWriter as WriterPort
from hub.platform.adapters import aws_clients
from tests import fakes, moto_resources
from tests.factories import NOON

EXPOSURE = Exposure(Arm("mens", "email"), ("customer.loyalty.tier=gold", "place=a, b=ü"), NOON)
CALLED = replace(EXPOSURE, arm=Arm("mens", "call"))
Sums = dict[CounterKey, dict[str, int]]


@dataclass(frozen=True)
class Counters:
    """The counters, to read and to write."""

    reader: ReaderPort
    writer: WriterPort

    def sums(self, feedback: Sequence[Feedback]) -> Sums:
        """The counters that this feedback changes."""
        return dict(self.reader.read([increment.key for increment in merge_increments(feedback)]))


def tables() -> Counters:
    moto_resources.table("learned", "offer", "cell")
    moto_resources.table("marks", "lesson_id")
    return Counters(CounterReader("learned"), a_patient_writer())


def a_patient_writer(pauses: list[float] | None = None) -> CounterWriter:
    """A writer that does not really wait."""
    return CounterWriter(
        "learned", "marks", lambda: NOON, ([] if pauses is None else pauses).append
    )


@pytest.fixture
def counters(real: bool) -> Counters:
    if real:
        return tables()
    fake = fakes.LearnedCounters()
    return Counters(fake, fake)


def an_entry(name: str = "l-1", exposure: Exposure = EXPOSURE, **counts: int) -> Feedback:
    return Feedback(name, exposure, **({"shown": 1} | counts))


def sum_once(feedback: Sequence[Feedback]) -> Sums:
    """The sums of each entry once."""
    once = {entry.id: entry for entry in feedback}
    return {increment.key: dict(increment.sums) for increment in merge_increments(once.values())}


class TestMemory:
    def test_an_uncounted_arm_has_no_sums(self, counters: Counters) -> None:
        assert counters.sums([an_entry()]) == {}
        assert counters.reader.read([]) == {}

    def test_feedback_counts_for_its_arm_and_the_catalogue(self, counters: Counters) -> None:
        feedback = [an_entry(answered=1)]
        counters.writer.add_feedback(feedback)
        assert [key.offer for key in counters.sums(feedback)] == ["*", "mens"]
        assert counters.sums(feedback) == sum_once(feedback)

    def test_feedback_adds_up(self, counters: Counters) -> None:
        feedback = [an_entry("l-1"), an_entry("l-2", CALLED), an_entry("l-3", shown=0, answered=1)]
        counters.writer.add_feedback(feedback[:1])
        counters.writer.add_feedback(feedback[1:])
        assert counters.sums(feedback) == sum_once(feedback)

    def test_repeated_feedback_is_not_counted_again(self, counters: Counters) -> None:
        counters.writer.add_feedback([an_entry()])
        counters.writer.add_feedback([an_entry(), an_entry("l-2"), an_entry(), an_entry("l-2")])
        counters.writer.add_feedback([an_entry("l-2")])
        assert counters.sums([an_entry()]) == sum_once([an_entry(), an_entry("l-2")])

    def test_a_response_can_be_reversed(self, counters: Counters) -> None:
        feedback = [an_entry(shown=0, answered=1), an_entry("l-2", shown=0, answered=-1)]
        counters.writer.add_feedback(feedback)
        assert {sum_ for sums in counters.sums(feedback).values() for sum_ in sums.values()} == {0}

    def test_no_feedback_changes_nothing(self, counters: Counters) -> None:
        counters.writer.add_feedback([])
        counters.writer.add_feedback([an_entry(shown=0)])
        assert counters.sums([an_entry()]) == {}

    def test_feedback_beyond_the_limit_of_a_transaction_is_counted(
        self, counters: Counters
    ) -> None:
        feedback = [
            an_entry(f"l-{at}", replace(EXPOSURE, arm=Arm(f"offer-{at % 30}", "email")))
            for at in range(90)
        ]
        counters.writer.add_feedback(feedback)
        counters.writer.add_feedback(feedback[::-1])
        assert counters.sums(feedback) == sum_once(feedback)

    def test_bins_beyond_the_limit_of_an_update_are_counted(self, counters: Counters) -> None:
        feedback = [an_entry(f"l-{at}", replace(EXPOSURE, bins=(f"f={at}",))) for at in range(110)]
        counters.writer.add_feedback(feedback)
        assert counters.sums(feedback) == sum_once(feedback)

    @given(
        st.lists(st.integers(0, 30), max_size=40),
        st.lists(st.integers(0, 40), max_size=4).map(sorted),
    )
    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_repeated_split_or_reordered_feedback_is_counted_once(
        self, counters: Counters, numbers: list[int], cuts: list[int]
    ) -> None:
        run = uuid4().hex
        offers = [replace(EXPOSURE, arm=Arm(f"{run}-{at}", "email")) for at in range(3)]
        feedback = [
            an_entry(f"{run}-{at}", replace(offers[at % 3], bins=(f"run={run}", f"f={at % 5}")))
            for at in numbers
        ]
        for start, end in zip([0, *cuts], [*cuts, len(feedback)], strict=True):
            counters.writer.add_feedback(feedback[start:end])
        own = [key for key in sum_once(feedback) if key.offer != "*"]
        assert counters.reader.read(own) == {key: sum_once(feedback)[key] for key in own}
        for key in sum_once(feedback).keys() - own:
            assert counters.reader.read([key])[key][f"shown run={run}"] == sum(
                sum_once(feedback)[key]["shown"] for key in own
            )


@pytest.mark.usefixtures("in_aws")
class TestTables:
    def test_dozens_of_entries_cost_one_transaction_and_a_choice_one_read(self) -> None:
        counters = tables()
        with moto_resources.counted(aws_clients.dynamodb()) as calls:
            counters.writer.add_feedback([an_entry(f"l-{at}") for at in range(90)])
            counters.sums([an_entry()])
        assert calls == ["TransactWriteItems", "BatchGetItem"]

    def test_a_marker_expires_when_its_entry_can_no_longer_be_repeated(self) -> None:
        tables().writer.add_feedback([an_entry()])
        (mark,) = moto_resources.items("marks")
        assert mark["lesson_id"] == {"S": "l-1"}
        assert int(mark["expires"]["N"]) == (NOON + FEEDBACK_RETENTION).timestamp()

    def test_while_others_write_it_waits_longer_each_time_and_then_gives_up(self) -> None:
        counters, pauses = tables(), list[float]()
        busy = a_cancellation("None", "TransactionConflict", "None")
        with (
            moto_resources.answering(aws_clients.dynamodb(), "TransactWriteItems", busy, 400),
            pytest.raises(Conflict),
        ):
            a_patient_writer(pauses).add_feedback([an_entry()])
        assert len(pauses) > 3
        assert counters.sums([an_entry()]) == {}

    def test_an_outage_is_distinguished_from_a_repeat(self) -> None:
        counters = tables()
        for reasons in (["ThrottlingError", "None", "None"], []):
            down = a_cancellation(*reasons)
            with (
                moto_resources.answering(aws_clients.dynamodb(), "TransactWriteItems", down, 400),
                pytest.raises(Unavailable),
            ):
                counters.writer.add_feedback([an_entry()])

    def test_the_largest_sum_keeps_its_last_digit(self) -> None:
        counters = tables()
        (_, own) = sum_once([an_entry()]).items()
        key, sums = own
        row = {"offer": {"S": key.offer}, "cell": {"S": key.cell}, "shown": {"N": str(10**37)}}
        aws_clients.dynamodb().put_item(TableName="learned", Item=row)
        counters.writer.add_feedback([an_entry()])
        assert counters.reader.read([key])[key]["shown"] == 10**37 + sums["shown"]

    def test_a_note_on_the_item_is_no_counter(self) -> None:
        counters, key = tables(), CounterKey("mens", "email#1s#0")
        row = {"offer": {"S": "mens"}, "cell": {"S": key.cell}, "note": {"S": "new in May"}}
        aws_clients.dynamodb().put_item(TableName="learned", Item={**row, "shown": {"N": "2.5"}})
        assert counters.reader.read([key]) == {key: {"shown": 2}}

    def test_leftover_keys_are_requested_again_and_then_given_up(self) -> None:
        counters, key = tables(), CounterKey("mens", "email#1s#0")
        left = {"learned": {"Keys": [{"offer": {"S": "mens"}, "cell": {"S": key.cell}}]}}
        answer = {"Responses": {}, "UnprocessedKeys": left}
        with (
            moto_resources.answering(aws_clients.dynamodb(), "BatchGetItem", answer),
            pytest.raises(Unavailable, match="left over"),
        ):
            counters.reader.read([key])

    def test_an_item_that_cannot_be_added_to_is_rejected_without_a_marker(self) -> None:
        counters = tables()
        for key in sum_once([an_entry()]):
            row = {"offer": {"S": key.offer}, "cell": {"S": key.cell}, "shown": {"S": "many"}}
            aws_clients.dynamodb().put_item(TableName="learned", Item=row)
        with pytest.raises(Rejected):
            counters.writer.add_feedback([an_entry()])
        assert moto_resources.items("marks") == []


def a_cancellation(*reasons: str) -> dict[str, Any]:
    """DynamoDB's answer to a transaction it gave up."""
    return {
        "Error": {"Code": "TransactionCanceledException", "Message": ""},
        "CancellationReasons": [{"Code": reason} for reason in reasons],
    }
