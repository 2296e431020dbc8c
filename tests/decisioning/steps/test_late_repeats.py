"""A repeat is one however late it comes, at a bounded cost for each event."""

import pytest

from hub.kernel.errors import Unavailable
from hub.model.event import Event
from hub.profile.adapters.customer_table import Customers
from hub.profile.adapters.event_mark_table import EventMarkTable
from hub.profile.domain.event_memory import MAX_PROCESSED_EVENTS
from hub.profile.ports import Customers as CustomersPort
from hub.profile.ports import EventMarks
from tests import fakes, moto_resources
from tests.decisioning.steps.test_decide_events import build_step, to_messages
from tests.factories import an_event

BATCH = 10
"""The most messages that Lambda takes from a FIFO queue at once."""


def sales(first: int, last: int, customer_id: str = "c-1") -> list[Event]:
    return [
        an_event(
            "item.purchased",
            f"sale-{n}",
            customer_id=customer_id,
            properties={"amount": 100, "currency": "GBP"},
        )
        for n in range(first, last)
    ]


def decide_all(customers: CustomersPort, marks: EventMarks, events: list[Event]) -> None:
    step = build_step(customers, marks=marks)
    for start in range(0, len(events), BATCH):
        assert step(to_messages(*events[start : start + BATCH])) == {}


def test_a_hundred_and_fifty_sales_and_the_first_ten_again_are_a_hundred_and_fifty(
    real: bool,
) -> None:
    customers: CustomersPort = fakes.Customers()
    marks: EventMarks = fakes.EventMarks()
    if real:
        customers = Customers(moto_resources.table("customers", "customer_id"))
        marks = EventMarkTable(moto_resources.table("marks", "mark"), fakes.FixedClock())
    decide_all(customers, marks, sales(0, 150))
    decide_all(customers, marks, sales(0, 10))
    customer = customers.read("c-1")
    assert customer
    assert (customer.purchases["count"], customer.purchases["spent"]) == (150, {"GBP": 15_000})


def test_an_ordinary_customer_costs_nothing_more() -> None:
    marks = fakes.EventMarks()
    decide_all(fakes.Customers(), marks, [*sales(0, MAX_PROCESSED_EVENTS), *sales(0, 20)])
    assert (marks.reads, marks.writes) == (0, 0)


def test_a_busy_customer_costs_one_read_for_each_new_event_and_one_write_for_each_forgotten() -> (
    None
):
    customers, marks = fakes.Customers(), fakes.EventMarks()
    decide_all(customers, marks, sales(0, MAX_PROCESSED_EVENTS + BATCH))
    marks.reads = marks.writes = 0
    new = sales(500, 600)
    decide_all(customers, marks, new)
    assert (marks.reads, marks.writes) == (len(new), len(new))
    decide_all(customers, marks, new)
    assert (marks.reads, marks.writes) == (len(new), len(new))


def test_events_of_others_in_the_batch_are_not_looked_for() -> None:
    customers, marks = fakes.Customers(), fakes.EventMarks()
    decide_all(customers, marks, sales(0, MAX_PROCESSED_EVENTS + BATCH))
    marks.reads = 0
    step = build_step(customers, marks=marks)
    assert step(to_messages(*sales(900, 905), *sales(0, 5, customer_id="c-2"))) == {}
    assert marks.reads == 5


@pytest.mark.parametrize("events", [sales(500, 501), sales(0, 1)])
def test_while_marks_cannot_be_read_a_busy_customer_waits(events: list[Event]) -> None:
    customers, marks = fakes.Customers(), fakes.EventMarks()
    decide_all(customers, marks, sales(0, MAX_PROCESSED_EVENTS + BATCH))
    writes = customers.writes
    marks.outage = Unavailable("throttled")
    (error,) = build_step(customers, marks=marks)(to_messages(*events)).values()
    assert (type(error), customers.writes) == (Unavailable, writes)
