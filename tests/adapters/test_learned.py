"""The learner's counters, in the table and in the fake."""

import pytest

from hub.adapters import aws
from hub.adapters.learned import Learned
from hub.domain.errors import Rejected, Unavailable
from hub.domain.learning.counters import Arm, Decay, Key
from hub.domain.learning.showing import Increment, Showing, learn
from hub.ports import Learned as LearnedPort
from tests import fakes
from tests.adapters import resources
from tests.factories import NOON

MENS, WOMENS = Key("mens", "email#1s#0"), Key("womens", "email#1s#0")
SHOWING = Showing(Arm("mens", "email"), ("customer.loyalty.tier=gold", "place=a, b=ü"), NOON)


@pytest.fixture
def learned(real: bool) -> LearnedPort:
    return Learned(resources.table("learned", "offer", "cell")) if real else fakes.Learned()


class TestLearned:
    def test_what_was_never_counted_is_not_there(self, learned: LearnedPort) -> None:
        assert learned.read([MENS]) == {}
        assert learned.read([]) == {}

    def test_sums_are_added_to_whatever_was_there(self, learned: LearnedPort) -> None:
        learned.add([Increment(MENS, {"shown": 1_000})])
        learned.add([Increment(MENS, {"shown": 500, "answered": 7})])
        assert learned.read([MENS, WOMENS]) == {MENS: {"shown": 1_500, "answered": 7}}

    def test_one_batch_may_add_to_a_key_twice(self, learned: LearnedPort) -> None:
        learned.add([Increment(MENS, {"a": 1}), Increment(WOMENS, {"a": 2})] * 2)
        assert learned.read([MENS, MENS, WOMENS]) == {MENS: {"a": 2}, WOMENS: {"a": 4}}

    def test_what_was_added_can_be_taken_back(self, learned: LearnedPort) -> None:
        learned.add([Increment(MENS, {"answered": 5}), Increment(MENS, {"answered": -5})])
        assert learned.read([MENS]) == {MENS: {"answered": 0}}

    def test_nothing_is_added_of_nothing(self, learned: LearnedPort) -> None:
        learned.add([])
        learned.add([Increment(MENS, {})])
        assert learned.read([MENS]) == {}

    def test_the_largest_sum_keeps_its_last_digit(self, learned: LearnedPort) -> None:
        learned.add([Increment(MENS, {"shown": 10**37})])
        learned.add([Increment(MENS, {"shown": 1})])
        assert learned.read([MENS]) == {MENS: {"shown": 10**37 + 1}}

    def test_bins_of_any_name_are_kept_apart(self, learned: LearnedPort) -> None:
        told = learn(SHOWING, Decay(), shown=1, answered=1)
        learned.add(told)
        assert learned.read([i.key for i in told]) == {i.key: i.sums for i in told}

    def test_more_than_one_call_takes_is_stored_and_found(self, learned: LearnedPort) -> None:
        names = {f"shown f={number}": number + 1 for number in range(250)}
        keys = [Key(f"offer-{number}", "email#1s#0") for number in range(120)]
        learned.add([Increment(key, {"shown": 1}) for key in keys])
        learned.add([Increment(MENS, names)])
        assert learned.read([*keys, MENS]) == {**{key: {"shown": 1} for key in keys}, MENS: names}


@pytest.mark.usefixtures("in_aws")
def test_a_choice_costs_one_read_and_an_outcome_one_write_an_arm() -> None:
    learned = Learned(resources.table("learned", "offer", "cell"))
    with resources.counted(aws.dynamodb()) as calls:
        learned.add(learn(SHOWING, Decay(), shown=1) * 10)
        learned.read([MENS, WOMENS])
    assert calls == ["UpdateItem", "UpdateItem", "BatchGetItem"]


@pytest.mark.usefixtures("in_aws")
def test_a_remark_on_the_row_is_no_counter() -> None:
    learned = Learned(resources.table("learned", "offer", "cell"))
    row = {"offer": {"S": "mens"}, "cell": {"S": MENS.cell}, "note": {"S": "new creative in May"}}
    aws.dynamodb().put_item(TableName="learned", Item={**row, "shown": {"N": "2.5"}})
    assert learned.read([MENS]) == {MENS: {"shown": 2}}


@pytest.mark.usefixtures("in_aws")
def test_keys_left_over_are_asked_for_again_and_then_given_up() -> None:
    learned = Learned(resources.table("learned", "offer", "cell"))
    left = {"learned": {"Keys": [{"offer": {"S": "mens"}, "cell": {"S": "email#1s#0"}}]}}
    answer = {"Responses": {}, "UnprocessedKeys": left}
    client = aws.dynamodb()
    with (
        resources.answering(client, "BatchGetItem", answer),
        pytest.raises(Unavailable, match="left over"),
    ):
        learned.read([MENS])


@pytest.mark.usefixtures("in_aws")
def test_a_row_that_cannot_be_added_to_is_rejected() -> None:
    learned = Learned(resources.table("learned", "offer", "cell"))
    row = {"offer": {"S": "mens"}, "cell": {"S": MENS.cell}, "shown": {"S": "many"}}
    aws.dynamodb().put_item(TableName="learned", Item=row)
    with pytest.raises(Rejected):
        learned.add([Increment(MENS, {"shown": 1})])
