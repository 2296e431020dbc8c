"""Polling: every row is delivered, however late it is committed and wherever a poll is cut off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.polling_definition import PollingDefinition
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.domain.watermark import Watermark
from hub.intake.steps.poll_database import LEASE, PollDatabase
from hub.kernel.errors import Conflict, HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.kernel.safe_id import to_opaque_id
from hub.messaging.ports import Refusals
from hub.model.inbound_payload import LARGEST_ON_BUS, InboundPayload
from tests.factories import NOON
from tests.fakes import Bus, ClaimCheck, FixedClock, ParkedPayloads, SourceDatabase, Watermarks

POLLING = PollingDefinition("at", "at", ("id",), begin=0, overlap=5, batch=2)
BY_TIME = replace(POLLING, begin=NOON - timedelta(days=1), overlap=60)
ASKED = QueueMessage("m-1", {"source": "till"})


@dataclass
class FaultyBus(Bus):
    """Takes `takes` entries more, and refuses the rest."""

    takes: int = 1_000_000

    def __post_init__(self) -> None:
        super().__init__()

    def publish_payloads(self, payloads: Sequence[InboundPayload]) -> Refusals:
        taken = max(0, min(self.takes, len(payloads)))
        self.takes -= taken
        super().publish_payloads(payloads[:taken])
        return dict.fromkeys(range(taken, len(payloads)), "ThrottlingException")


@dataclass
class Till:
    polling: PollingDefinition = POLLING
    url: Any = "sql://till"
    bus: FaultyBus = field(default_factory=FaultyBus)
    database: SourceDatabase = field(default_factory=SourceDatabase)
    watermarks: Watermarks = field(default_factory=Watermarks)
    claims: ClaimCheck = field(default_factory=ClaimCheck)
    parked: ParkedPayloads = field(default_factory=ParkedPayloads)
    clock: FixedClock = field(default_factory=FixedClock)
    time_is_up: Callable[[], bool] = lambda: False

    def poll(self, message: QueueMessage = ASKED) -> HubError | None:
        source = SourceDefinition("till", "'sale'", {}, database=self.polling)
        poller = PollDatabase(
            {"till": source}.get,
            lambda: {"till": self.url},
            self.database,
            self.watermarks,
            self.bus,
            self.claims,
            self.parked,
            self.clock,
            self.time_is_up,
        )
        return poller([message]).get(message.id)

    def polled(self) -> list[str]:
        before = len(self.bus.payloads)
        assert self.poll() is None
        return [delivery.id for delivery in self.bus.payloads[before:]]


def a_row(id_: Any, at: Any, **more: Any) -> dict[str, Any]:
    return {"id": id_, "at": at, **more}


def opaque(*delivery_ids: str) -> list[str]:
    return [to_opaque_id(delivery_id) for delivery_id in delivery_ids]


@given(st.data())
def test_each_row_is_delivered_under_one_id_however_late_and_wherever_it_is_cut(
    data: st.DataObject,
) -> None:
    """Row n is written at n, and committed before any row that lies more than the overlap ahead."""
    late = data.draw(st.lists(st.integers(0, POLLING.overlap), min_size=1, max_size=12))
    order = sorted(range(len(late)), key=lambda n: (n + late[n], n))
    till = Till()
    for number in order:
        till.database.commit([a_row(number, number)])
        for _ in range(data.draw(st.integers(0, 2))):
            till.bus.takes = data.draw(st.integers(0, 3) | st.just(1_000_000))
            till.time_is_up = data.draw(st.sampled_from([lambda: True, lambda: False]))
            till.poll(QueueMessage(data.draw(st.sampled_from(["m-1", "m-2"])), ASKED.body))
    till.bus.takes, till.time_is_up = 1_000_000, lambda: False
    assert till.poll() is None
    ids = set(opaque(*map(str, range(len(late)))))
    assert {delivery.id for delivery in till.bus.payloads} == ids
    assert till.polled() == []
    assert not till.parked.items


def test_what_the_bus_took_whole_is_not_sent_again() -> None:
    till = Till()
    till.database.commit(a_row(n, n) for n in range(6))
    till.bus.takes = 2
    assert isinstance(till.poll(), Unavailable)
    assert till.watermarks.noted["till"]["high"] == {"number": "1"}
    till.bus.takes = 100
    assert till.polled() == opaque("2", "3", "4", "5")


def test_a_delivery_is_the_row_as_json_with_its_own_cause() -> None:
    till = Till()
    till.database.commit([a_row("a b", 1, price=None)])
    assert till.poll() is None
    [delivery] = till.bus.payloads
    assert delivery.payload == {"id": "a b", "at": 1, "price": None}
    assert (delivery.source, delivery.received_at) == ("till", NOON)
    assert delivery.correlation_id == f"till:{delivery.id}"


def test_a_row_written_again_is_the_same_event_unless_changes_are_events() -> None:
    many = replace(POLLING, changes=True)
    for polling, ids in ((POLLING, opaque("7")), (many, opaque("7:1", "7:9"))):
        till = Till(replace(polling, overlap=20))
        till.database.commit([a_row(7, 1)])
        till.polled()
        till.database.committed[0]["at"] = 9
        till.polled()
        assert [delivery.id for delivery in till.bus.payloads] == ids


def test_keys_of_several_columns_are_never_taken_for_each_other() -> None:
    till = Till(replace(POLLING, key=("id", "line")))
    till.database.commit([a_row("a:b", 1, line="c"), a_row("a", 1, line="b:c")])
    assert len(set(till.polled())) == 2


def test_a_bad_row_is_parked_with_field_and_reason_once_and_holds_up_nothing() -> None:
    till = Till()
    till.database.commit([a_row(None, 0), a_row(1, 1), a_row(1, 1, other="line"), a_row(2, 2)])
    assert till.polled() == opaque("1", "2")
    till.clock.passes(minutes=1)
    assert till.polled() == []
    assert [(item.field, item.reason) for item in till.parked.items.values()] == [
        ("id", "is missing, and without it the row has no id"),
        ("id", "is the key of two rows"),
    ]
    assert {item.delivery.payload["at"] for item in till.parked.items.values()} == {0, 1}


def test_rows_that_are_all_bad_are_parked_once() -> None:
    till = Till()
    till.database.commit([a_row(None, 0)])
    for _ in range(2):
        assert till.polled() == []
        till.clock.passes(minutes=1)
    assert len(till.parked.items) == 1


@pytest.mark.parametrize("mark", [True, "yesterday"])
def test_a_watermark_that_is_neither_time_nor_number_is_named(mark: Any) -> None:
    till = Till(replace(POLLING, watermark="other"))
    till.database.commit([a_row(1, 1, other=mark)])
    assert till.polled() == []
    [item] = till.parked.items.values()
    assert (item.field, item.reason) == ("other", "is neither a time nor a number")


def test_a_large_row_goes_by_claim() -> None:
    till = Till()
    till.database.commit([a_row(1, 1, text="x" * LARGEST_ON_BUS)])
    assert till.polled() == opaque("1")
    [delivery] = till.bus.payloads
    assert delivery.payload is None
    assert b"xxx" in till.claims.get(delivery.claim)


def test_a_row_from_the_future_hides_nothing_that_comes_before_it() -> None:
    till = Till(BY_TIME)
    till.database.commit([a_row(1, NOON + timedelta(days=400))])
    assert till.polled() == opaque("1")
    till.clock.passes(minutes=1)
    till.database.commit([a_row(2, till.clock())])
    assert till.polled() == opaque("2")
    assert till.polled() == []


def test_times_without_a_zone_are_those_of_the_sources_zone() -> None:
    begin = datetime(2026, 11, 1)  # noqa: DTZ001 a column without a zone
    till = Till(replace(BY_TIME, begin=begin, zone="America/New_York"))
    till.database.commit([a_row(1, datetime(2026, 11, 22, 9, 0))])  # noqa: DTZ001 a column without a zone
    assert till.polled() == opaque("1")
    assert till.watermarks.noted["till"]["high"] == {"time": "2026-11-22T07:00:00"}


def test_a_time_has_one_id_in_whatever_zone_the_database_tells_it() -> None:
    ids = []
    for zone in (UTC, timezone(timedelta(hours=2))):
        till = Till(replace(BY_TIME, changes=True))
        till.database.commit([a_row(1, NOON.astimezone(zone))])
        ids += till.polled()
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_rows_out_of_order_move_no_watermark() -> None:
    class Unordered(SourceDatabase):
        def read_rows(self, *_: Any) -> Any:
            yield [a_row(1, 1)]
            yield [a_row(9, 9)]
            yield [a_row(2, 2)]

    till = Till(database=Unordered())
    refusal = till.poll()
    assert isinstance(refusal, Rejected)
    assert (refusal.field, refusal.reason) == ("query", "does not order its rows by at")
    assert Watermark.from_dict(till.watermarks.noted["till"]) == Watermark()


def test_an_overlap_that_one_poll_cannot_read_is_told() -> None:
    till = Till(replace(POLLING, overlap=100))
    till.database.commit(a_row(n, n) for n in range(9))
    assert till.poll() is None
    till.time_is_up = lambda: True
    refusal = till.poll()
    assert isinstance(refusal, Unavailable)
    assert refusal.reason == "the overlap holds more rows than one poll can read"


def test_a_source_without_an_address_is_left_alone() -> None:
    till = Till(url=None)
    till.database.commit([a_row(1, 1)])
    assert till.polled() == []
    assert till.watermarks.held == {}


def test_one_poll_at_a_time_and_a_dead_one_is_made_up_for() -> None:
    till = Till()
    till.database.commit([a_row(1, 1)])
    till.watermarks.lease("till", "m-0", NOON, NOON + LEASE)
    assert till.polled() == []
    till.clock.passes(seconds=LEASE.total_seconds() + 1)
    assert till.polled() == opaque("1")


def test_who_loses_the_lease_on_the_way_stops() -> None:
    till = Till()
    till.database.commit(a_row(n, n) for n in range(6))

    def another_takes_over() -> bool:
        till.watermarks.held["till"] = "m-2", NOON + LEASE
        return False

    till.time_is_up = another_takes_over
    assert isinstance(till.poll(), Conflict)
    assert [delivery.id for delivery in till.bus.payloads] == opaque("0", "1", "2", "3")


@pytest.mark.parametrize("body", [{}, {"source": "nobody"}, {"source": None}])
def test_a_message_that_names_no_such_source_is_refused(body: dict[str, Any]) -> None:
    assert isinstance(Till().poll(QueueMessage("m-1", body)), Rejected)
