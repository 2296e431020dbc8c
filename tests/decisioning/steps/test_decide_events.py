"""A batch needs one read, and one write per customer. A faulty event fails alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.catalogue.domain.catalogue import Catalogue
from hub.contact_policy.steps.attach_refusals import AttachRefusals
from hub.decisioning.steps.decide_events import TRIES, DecideEvents
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.model.event import Event
from hub.profile.domain.profile_limits import STATE_LIMIT
from hub.profile.ports import Customers, EventMarks
from hub.profile.steps.attach_repeats import AttachRepeats
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests import fakes
from tests.factories import an_event, later
from tests.faulty_libraries import ERRORS, LIBRARY_TEXT, MARK, failing
from tests.in_memory import InMemoryHub

FAULTY = an_event("decision.deferred", properties={"again": {"event": "none"}})
"""An event that does not say what to decide again."""
EMPTY = Catalogue.from_snapshot({"number": 0, "rows": {}})


def measure(customer: Customer) -> int:
    return len(str(customer.to_dict()))


def to_messages(*events: Event) -> list[QueueMessage]:
    return [
        QueueMessage(id=event.id, body=event.to_dict(), group=event.customer_id) for event in events
    ]


def build_step(
    customers: Customers,
    catalogue: Catalogue = EMPTY,
    refusals: fakes.AddressRefusalStore | None = None,
    marks: EventMarks | None = None,
) -> DecideEvents:
    merger, clock = InMemoryHub().merger, fakes.FixedClock()
    attach = AttachRefusals(refusals or fakes.AddressRefusalStore())
    return DecideEvents(
        customers,
        lambda: catalogue,
        lambda _: NO_SURROUNDINGS,
        measure,
        clock,
        merger,
        attach,
        AttachRepeats(marks or fakes.EventMarks()),
        fakes.ParkedEvents(),
    )


def test_a_batch_needs_one_read_and_one_write_for_each_customer() -> None:
    customers = fakes.Customers()
    events = [an_event(event_id=f"e-{n}", customer_id=f"c-{n % 2}") for n in range(10)]
    assert build_step(customers)(to_messages(*events)) == {}
    assert (customers.reads, customers.writes) == (1, 2)
    assert len(customers.decided) == 10


def test_a_batch_of_repeats_writes_nothing() -> None:
    customers = fakes.Customers()
    build_step(customers)(to_messages(an_event()))
    assert build_step(customers)(to_messages(an_event(), an_event())) == {}
    assert customers.writes == 1


def test_a_message_that_is_no_event_fails_alone() -> None:
    customers = fakes.Customers()
    bad = QueueMessage(id="bad", body={"id": "x"}, group="c-1")
    failures = build_step(customers)([bad, *to_messages(an_event())])
    assert isinstance(failures["bad"], Rejected)
    assert list(failures) == ["bad"]
    assert len(customers.decided) == 1


def test_an_event_that_cannot_be_decided_fails_alone() -> None:
    customers = fakes.Customers()
    failures = build_step(customers)(to_messages(FAULTY, an_event("cart.abandoned", "e-2")))
    assert list(failures) == ["e-1"]
    assert [d.event_id for d in customers.decided] == ["e-2"]


@settings(max_examples=40, deadline=None)
@given(ERRORS, st.sampled_from(["apply_event", "apply_outcomes"]))
def test_whatever_an_event_raises_it_is_rejected_with_the_reason_and_the_others_are_decided(
    error: BaseException, function: str
) -> None:
    customers = fakes.Customers()
    faulty = an_event(event_id=MARK)
    with failing(f"hub.decisioning.domain.decide:{function}", error):
        failures = build_step(customers)(
            to_messages(an_event(), faulty, an_event(event_id="e-3", customer_id="c-3"))
        )
    assert list(failures) == [MARK]
    assert isinstance(failures[MARK], Rejected)
    assert LIBRARY_TEXT not in failures[MARK].reason
    assert [decision.event_id for decision in customers.decided] == ["e-1", "e-3"]


def test_events_before_an_erasure_get_their_own_write() -> None:
    customers = fakes.Customers()
    update = an_event("customer.updated", "e-1", traits={"contact": {"email": "ann@example.com"}})
    erasure = an_event("customer.erased", "e-2", occurred_at=later(minutes=1))
    assert build_step(customers)(to_messages(update, erasure, an_event(event_id="e-3"))) == {}
    first, last = [stored.episode for stored in customers.outboxes]
    assert [event.id for event in first.events] == ["e-1"]
    assert [event.id for event in last.events] == ["e-2", "e-3"]
    assert "ann@example.com" not in str(last.to_dict())


class ConflictingCustomers(fakes.Customers):
    """The first writes fail, because somebody else wrote first."""

    def __init__(self, conflicts: int) -> None:
        super().__init__()
        self.conflicts = conflicts

    def write(self, customer: Customer, episode: Episode) -> None:
        self.conflicts -= 1
        if self.conflicts >= 0:
            raise Conflict("somebody else wrote first")
        super().write(customer, episode)


def test_after_a_conflict_the_customer_is_read_and_decided_again() -> None:
    customers = ConflictingCustomers(conflicts=1)
    assert build_step(customers)(to_messages(an_event())) == {}
    assert customers.reads == 2


def test_after_several_conflicts_the_event_is_tried_again_later() -> None:
    assert isinstance(
        build_step(ConflictingCustomers(conflicts=TRIES))(to_messages(an_event()))["e-1"],
        Unavailable,
    )


def test_a_stored_customer_stays_within_the_limit() -> None:
    customers = fakes.Customers()
    step = build_step(customers)
    for n in range(200):
        step(to_messages(an_event(f"page.viewed-{n}", f"e-{n}")))
    stored = customers.read("c-1")
    assert stored is not None
    assert measure(stored) <= STATE_LIMIT


def test_events_after_one_that_is_tried_again_later_wait_too() -> None:
    """A faulty event makes the group be decided one by one; the others keep their order."""
    customers = ConflictingCustomers(conflicts=TRIES)
    first, second = an_event("cart.abandoned", "e-2"), an_event("x.y", "e-3")
    failures = build_step(customers)(to_messages(FAULTY, first, second))
    assert isinstance(failures["e-1"], Rejected)
    assert [isinstance(failures[name], Unavailable) for name in ("e-2", "e-3")] == [True, True]
    assert customers.decided == []
