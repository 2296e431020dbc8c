"""Batches: one read and one write a customer, and nobody pays for somebody else's bad event."""

from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.steps.decide_events import STATE_LIMIT, TRIES, DecideEvents
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests import fakes
from tests.factories import an_event, later
from tests.in_memory import InMemoryHub

EMPTY = Catalogue.from_snapshot({"number": 0, "rows": {}})


def size(customer: Customer) -> int:
    return len(str(customer.to_dict()))


def messages(*events: Event) -> list[QueueMessage]:
    return [
        QueueMessage(id=event.id, body=event.to_dict(), group=event.customer_id) for event in events
    ]


def decider(customers: Any) -> DecideEvents:
    return _decider(customers, EMPTY)


def _decider(customers: Any, catalogue: Any) -> DecideEvents:
    merger, clock = InMemoryHub().merger, fakes.FixedClock()
    around = NO_SURROUNDINGS
    return DecideEvents(customers, lambda: catalogue, lambda _: around, size, clock, merger)


def test_a_batch_is_folded_to_one_read_and_a_write_for_each_customer() -> None:
    customers = fakes.Customers()
    events = [an_event(event_id=f"e-{n}", customer_id=f"c-{n % 2}") for n in range(10)]
    assert decider(customers)(messages(*events)) == {}
    assert (customers.reads, customers.writes) == (1, 2)
    assert len(customers.decided) == 10


def test_a_batch_of_repeats_writes_nothing() -> None:
    customers = fakes.Customers()
    decider(customers)(messages(an_event()))
    assert decider(customers)(messages(an_event(), an_event())) == {}
    assert customers.writes == 1


def test_an_event_that_is_none_fails_alone() -> None:
    customers = fakes.Customers()
    bad = QueueMessage(id="bad", body={"id": "x"}, group="c-1")
    failures = decider(customers)([bad, *messages(an_event())])
    assert isinstance(failures["bad"], Rejected)
    assert list(failures) == ["bad"]
    assert len(customers.decided) == 1


def test_an_event_that_cannot_be_decided_fails_alone() -> None:
    customers = fakes.Customers()
    row: dict[str, Any] = {
        "rule_id": "r",
        "strategy": "s",
        "event": "page.viewed",
        "status": "live",
    }
    row["then"] = [{"do": "send", "channel": "email", "template": "gone"}]
    broken = Catalogue.from_snapshot({"number": 1, "rows": {"rules": {"r": row}}})
    step = _decider(customers, broken)
    failures = step(messages(an_event(), an_event("cart.abandoned", "e-2")))
    assert list(failures) == ["e-1"]
    assert [d.event_id for d in customers.decided] == ["e-2"]


def test_before_somebody_is_forgotten_what_came_first_is_written_by_itself() -> None:
    customers = fakes.Customers()
    told = an_event("customer.updated", "e-1", traits={"contact": {"email": "ann@example.com"}})
    forget = an_event("customer.erased", "e-2", occurred_at=later(minutes=1))
    assert decider(customers)(messages(told, forget, an_event(event_id="e-3"))) == {}
    first, last = [stored.episode for stored in customers.outboxes]
    assert [event.id for event in first.events] == ["e-1"]
    assert [event.id for event in last.events] == ["e-2", "e-3"]
    assert "ann@example.com" not in str(last.to_dict())


class Contested(fakes.Customers):
    """Somebody else writes first, so many times."""

    def __init__(self, conflicts: int) -> None:
        super().__init__()
        self.conflicts = conflicts

    def write(self, customer: Customer, episode: Episode) -> None:
        self.conflicts -= 1
        if self.conflicts >= 0:
            raise Conflict("somebody else wrote first")
        super().write(customer, episode)


def test_a_lost_race_is_run_again_from_a_fresh_read() -> None:
    customers = Contested(conflicts=1)
    assert decider(customers)(messages(an_event())) == {}
    assert customers.reads == 2


def test_a_race_lost_again_and_again_is_left_for_later() -> None:
    assert isinstance(decider(Contested(conflicts=TRIES))(messages(an_event()))["e-1"], Unavailable)


def test_a_customer_never_outgrows_the_limit() -> None:
    customers = fakes.Customers()
    step = decider(customers)
    for n in range(200):
        step(messages(an_event(f"page.viewed-{n}", f"e-{n}")))
    stored = customers.read("c-1")
    assert stored is not None
    assert size(stored) <= STATE_LIMIT


def test_what_comes_behind_an_event_that_must_wait_waits_too() -> None:
    """A bad event makes the group go one by one; the order of the others is kept."""
    customers = Contested(conflicts=TRIES)
    row: dict[str, Any] = {"rule_id": "r", "strategy": "s", "event": "page.viewed"}
    row |= {"status": "live", "then": [{"do": "send", "channel": "email", "template": "gone"}]}
    broken = Catalogue.from_snapshot({"number": 1, "rows": {"rules": {"r": row}}})
    step = _decider(customers, broken)
    bad, first, second = an_event(), an_event("cart.abandoned", "e-2"), an_event("x.y", "e-3")
    failures = step(messages(bad, first, second))
    assert isinstance(failures["e-1"], Rejected)
    assert [isinstance(failures[name], Unavailable) for name in ("e-2", "e-3")] == [True, True]
    assert customers.decided == []
