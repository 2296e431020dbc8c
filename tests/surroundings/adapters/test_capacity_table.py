"""What is scarce: one contract for the fake and the table."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.kernel.errors import Rejected, Unavailable
from hub.model.decision import Claim
from hub.platform.adapters import aws_clients
from hub.surroundings.adapters.capacity_table import CapacityClaims
from hub.surroundings.ports import CapacityClaims as CapacityPort
from tests import fakes, moto_resources
from tests.factories import NOON, later

SLOT = Claim("queue:retention", 1, 2)
TOMORROW = NOON + timedelta(days=1)
_numbers = count(1)


def a_capacity(*, real: bool) -> CapacityPort:
    if not real:
        return fakes.CapacityClaims()
    return CapacityClaims(moto_resources.table(f"capacity-{next(_numbers)}", "place", "line"))


@pytest.fixture
def capacity(real: bool) -> CapacityPort:
    return a_capacity(real=real)


def claims(capacity: CapacityPort, name: str, *wanted: Claim, **passed: float) -> Claim | None:
    return capacity.claim(name, wanted or [SLOT], TOMORROW, later(**passed))


class TestCapacity:
    def test_nothing_is_taken_of_what_nobody_claimed(self, capacity: CapacityPort) -> None:
        assert capacity.read_used(NOON) == {}

    def test_shares_are_granted_until_nothing_is_left(self, capacity: CapacityPort) -> None:
        answers = [claims(capacity, name) for name in ("a-1", "a-2", "a-3")]
        assert answers == [None, None, SLOT]
        assert capacity.read_used(NOON) == {"queue:retention": 2}

    def test_what_was_granted_is_granted_again_and_taken_once(self, capacity: CapacityPort) -> None:
        assert [claims(capacity, "a-1") for _ in range(3)] == [None] * 3
        assert capacity.read_used(NOON) == {"queue:retention": 1}

    def test_what_was_refused_stays_refused_when_there_is_room_again(
        self, capacity: CapacityPort
    ) -> None:
        for name in ("a-1", "a-2", "a-3"):
            claims(capacity, name)
        capacity.give_back(["a-1", "a-2"])
        assert claims(capacity, "a-3") == SLOT
        assert capacity.read_used(NOON) == {}

    def test_all_shares_are_granted_or_none(self, capacity: CapacityPort) -> None:
        scarce = Claim("offer:beans", 1, 1)
        assert claims(capacity, "a-1", scarce) is None
        assert claims(capacity, "a-2", SLOT, scarce, Claim("budget:sms", 4, 9)) == scarce
        assert capacity.read_used(NOON) == {"offer:beans": 1}

    def test_more_than_there_ever_is_is_refused(self, capacity: CapacityPort) -> None:
        assert claims(capacity, "a-1", Claim("budget:sms", 10, 9)) is not None
        assert claims(capacity, "a-2", Claim("offer:beans", 1, 0)) is not None
        assert capacity.read_used(NOON) == {}

    def test_two_shares_of_one_capacity_count_together(self, capacity: CapacityPort) -> None:
        twice = [Claim("budget:sms", 4, 9), Claim("budget:sms", 4, 9)]
        assert claims(capacity, "a-1", *twice) is None
        assert capacity.read_used(NOON) == {"budget:sms": 8}
        assert claims(capacity, "a-2", *twice) is not None

    def test_what_is_given_back_can_be_had_by_another(self, capacity: CapacityPort) -> None:
        claims(capacity, "a-1")
        claims(capacity, "a-2")
        for _ in range(2):
            capacity.give_back(["a-1", "nobody"])
        assert claims(capacity, "a-3") is None
        assert capacity.read_used(NOON) == {"queue:retention": 2}

    def test_what_is_done_gives_back_what_it_was_lent_and_no_money(
        self, capacity: CapacityPort
    ) -> None:
        claims(capacity, "a-1", SLOT, Claim("budget:call", 4, 9))
        for _ in range(2):
            capacity.complete(["a-1", "nobody"])
        assert capacity.read_used(NOON) == {"budget:call": 4}
        assert claims(capacity, "a-1", SLOT) is None
        assert capacity.read_used(NOON) == {"budget:call": 4}

    def test_who_gives_back_before_asking_takes_nothing(self, capacity: CapacityPort) -> None:
        capacity.give_back(["a-1"])
        assert claims(capacity, "a-1") is None
        assert capacity.read_used(NOON) == {}

    def test_a_slot_that_is_overdue_is_free_for_who_wants_it(self, capacity: CapacityPort) -> None:
        claims(capacity, "a-1")
        claims(capacity, "a-2")
        assert claims(capacity, "a-3", hours=24) == SLOT
        assert capacity.read_used(later(hours=25)) == {}
        answer = capacity.claim("a-4", [SLOT], later(hours=48), later(hours=25))
        assert answer is None
        assert capacity.read_used(later(hours=25)) == {"queue:retention": 1}
        capacity.give_back(["a-1", "a-2", "a-4"])
        assert capacity.read_used(NOON) == {}

    def test_what_was_spent_is_never_overdue(self, capacity: CapacityPort) -> None:
        offer, window = Claim("offer:beans", 1, 1), Claim("queue:retention/2026-11", 1, 1)
        assert claims(capacity, "a-1", offer, window, SLOT) is None
        assert claims(capacity, "a-2", offer, hours=25) == offer
        assert claims(capacity, "a-3", window, hours=25) == window
        assert capacity.read_used(later(hours=25)) == {offer.name: 1, window.name: 1}

    def test_a_window_that_is_over_is_not_told(self, capacity: CapacityPort) -> None:
        windows = [
            "2026-11-22T11",
            "2026-11-22T12",
            "2026-11-21",
            "2026-11-22",
            "2026-10",
            "2026-11",
        ]
        for window in windows:
            claims(capacity, f"a-{window}", Claim(f"queue:q/{window}", 1, 9))
        assert capacity.read_used(NOON) == {
            f"queue:q/{window}": 1 for window in ("2026-11-22T12", "2026-11-22", "2026-11")
        }


acts = st.lists(
    st.tuples(
        st.sampled_from(["claim", "claim", "give back", "wait"]),
        st.sampled_from(["a-1", "a-2", "a-3", "a-4", "a-5"]),
    ),
    max_size=25,
)
WANTED = {
    "a-1": [SLOT],
    "a-2": [SLOT],
    "a-3": [Claim("queue:retention", 2, 2)],
    "a-4": [SLOT, Claim("offer:beans", 1, 1)],
    "a-5": [Claim("offer:beans", 1, 1)],
}
LIMITS = {claim.name: claim.limit for wanted in WANTED.values() for claim in wanted}


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts)
def test_never_is_more_taken_than_there_is_and_all_comes_back(real: bool, acts: Any) -> None:
    capacity, now = a_capacity(real=real), NOON
    answers: dict[str, Claim | None] = {}
    for act, name in acts:
        match act:
            case "claim":
                answer = capacity.claim(name, WANTED[name], now + timedelta(hours=1), now)
                assert answers.setdefault(name, answer) == answer
            case "give back":
                capacity.give_back([name])
            case "wait":
                now += timedelta(minutes=45)
        taken = capacity.read_used(now)
        assert all(taken[name] <= LIMITS[name] for name in taken)
    capacity.give_back(list(WANTED))
    assert capacity.read_used(NOON) == {}


@pytest.mark.usefixtures("in_aws")
def test_a_claim_that_is_granted_is_one_call() -> None:
    capacity = a_capacity(real=True)
    with moto_resources.counted(aws_clients.dynamodb()) as calls:
        claims(capacity, "a-1", SLOT, Claim("offer:beans", 1, 1))
    assert calls == ["TransactWriteItems"]


@pytest.mark.usefixtures("in_aws")
def test_whoever_is_always_overtaken_tries_again_later() -> None:
    capacity = a_capacity(real=True)
    answer = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "cancelled",
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [
            {"Code": "None"},
            {"Code": "None"},
            {"Code": "TransactionConflict"},
        ],
    }
    with (
        moto_resources.counted(aws_clients.dynamodb()) as calls,
        moto_resources.answering(aws_clients.dynamodb(), "TransactWriteItems", answer, 400),
        pytest.raises(Unavailable, match="in a row"),
    ):
        claims(capacity, "a-1")
    assert len(calls) == 5
    assert capacity.read_used(NOON) == {}


@pytest.mark.usefixtures("in_aws")
def test_a_table_that_is_gone_is_no_refusal() -> None:
    with pytest.raises((Rejected, Unavailable)):
        claims(CapacityClaims("nowhere"), "a-1")


@pytest.mark.usefixtures("in_aws")
def test_what_ends_tells_when_it_may_go() -> None:
    capacity = a_capacity(real=True)
    claims(capacity, "a-1", Claim("queue:q/2026-11", 1, 1), SLOT)
    rows = moto_resources.items(f"capacity-{next(_numbers) - 1}")
    expiring = {row["line"]["S"] for row in rows if "expires" in row}
    assert expiring == {"answer", "queue:q/2026-11"}
