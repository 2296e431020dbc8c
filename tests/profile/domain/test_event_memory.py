"""What leaves `processed` gets a mark first. Nothing else ever gets one."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.digest import digest
from hub.model.customer import Customer
from hub.model.day_series import day_of_date
from hub.model.event import Event
from hub.profile.domain.apply_event import apply_event
from hub.profile.domain.erasure import ERASED
from hub.profile.domain.event_memory import (
    MAX_PROCESSED_EVENTS,
    forget_oldest,
    is_repeat,
    list_marks,
    share_memory,
    unite_marked,
)
from hub.profile.domain.profile_limits import trim_to_limit
from tests.factories import NOON, an_event, later

NOBODY = Customer(customer_id="c-1")
TODAY = day_of_date(NOON.date())
MOST = MAX_PROCESSED_EVENTS


def sales(first: int, last: int) -> list[Event]:
    return [an_event("complaint.filed", f"e-{n}") for n in range(first, last)]


def after(customer: Customer, *events: Event, now: datetime = NOON) -> tuple[Customer, set[str]]:
    """The customer as one write leaves them, and the marks that are stored before it."""
    changed = customer
    for event in events:
        changed = apply_event(changed, event, now)
    changed, marks = forget_oldest(changed, customer, now)
    return changed, set(marks)


def recognised(customer: Customer, marks: set[str], events: list[Event]) -> list[str]:
    names = list_marks(customer, events)
    repeats = frozenset(names[mark] for mark in names.keys() & marks)
    customer = customer.with_changes(repeats=repeats)
    return [event.id for event in events if is_repeat(customer, event)]


def test_who_had_few_events_has_no_marks_and_nobody_looks_for_any() -> None:
    customer, marks = after(NOBODY, *sales(0, MOST))
    assert (marks, customer.marked) == (set(), {})
    assert list_marks(customer, sales(MOST, MOST + 9)) == {}


def test_the_oldest_leave_and_are_recognised_by_their_marks() -> None:
    customer, _ = after(NOBODY, *sales(0, MOST))
    customer, marks = after(customer, *sales(MOST, MOST + 10))
    assert len(customer.processed["business"]) == MOST
    assert (len(marks), customer.marked) == (10, {digest("c-1"): TODAY})
    events = sales(0, MOST + 10)
    assert recognised(customer, marks, events) == [event.id for event in events]
    assert recognised(customer, marks, sales(MOST + 10, MOST + 20)) == []


def test_what_no_write_has_stored_yet_leaves_only_at_the_next_write() -> None:
    customer, marks = after(NOBODY, *sales(0, 3))
    customer, marks = after(customer, *sales(3, MOST + 50))
    assert len(marks) == 3
    assert len(customer.processed["business"]) == MOST + 47
    customer, marks = after(customer, *sales(MOST + 50, MOST + 51))
    assert (len(marks), len(customer.processed["business"])) == (48, MOST)


def test_page_views_do_not_push_out_sales() -> None:
    customer, _ = after(NOBODY, *sales(0, 1))
    views = [an_event("page.viewed", f"v-{n}") for n in range(2 * MOST)]
    customer, _ = after(customer, *views)
    customer, marks = after(customer, an_event("page.viewed", "last"))
    assert is_repeat(customer, sales(0, 1)[0])
    assert len(marks) == MOST + 1


def test_a_mark_belongs_to_one_customer() -> None:
    ann, _ = after(NOBODY, *sales(0, MOST))
    ann, marks = after(ann, *sales(MOST, MOST + 1))
    bob = replace(ann, customer_id="c-2", marked={digest("c-2"): TODAY}, processed={})
    assert recognised(ann, marks, sales(0, 1)) == ["e-0"]
    assert recognised(bob, marks, sales(0, 1)) == []


def test_marks_are_looked_for_as_long_as_the_youngest_is_kept() -> None:
    customer, _ = after(NOBODY, *sales(0, MOST))
    customer, _ = after(customer, *sales(MOST, MOST + 1))
    customer = customer.with_changes(processed={})
    update = an_event("customer.updated", "u")
    assert after(customer, update, now=later(days=91))[0].marked == {digest("c-1"): TODAY}
    assert after(customer, update, now=later(days=92))[0].marked == {}


def test_a_new_mark_prolongs_its_name() -> None:
    customer, _ = after(NOBODY, *sales(0, MOST))
    customer, _ = after(customer, *sales(MOST, MOST + 1))
    customer, _ = after(customer, *sales(MOST + 1, MOST + 2), now=later(days=60))
    assert customer.marked == {digest("c-1"): TODAY + 60}


def test_a_tombstone_recognises_repeats_too() -> None:
    customer, _ = after(NOBODY, *sales(0, MOST))
    customer, marks = after(customer, *sales(MOST, MOST + 1), an_event(ERASED, "forget"))
    assert customer.erased
    assert recognised(customer, marks, sales(0, 1)) == ["e-0"]


def test_repeats_are_not_stored_with_the_customer_but_outlast_an_erasure() -> None:
    customer = NOBODY.with_changes(repeats=frozenset({digest("e-0")}), marked={"m": TODAY})
    assert "repeats" not in customer.to_dict()
    assert Customer.from_dict(customer.to_dict()).marked == {"m": TODAY}
    assert is_repeat(apply_event(customer, an_event(ERASED, "forget"), NOON), sales(0, 1)[0])


def test_a_full_customer_forgets_no_events() -> None:
    customer, _ = after(NOBODY, *sales(0, MOST))
    customer, _ = after(customer, *sales(MOST, MOST + 1))
    trimmed = trim_to_limit(customer, lambda _: 9, 8)
    assert (trimmed.processed, trimmed.marked) == (customer.processed, customer.marked)


_days = st.dictionaries(st.sampled_from("abc"), st.integers(1, 9))


@given(_days, _days, _days)
def test_memory_names_are_united_in_any_order(
    one: dict[str, int], two: dict[str, int], three: dict[str, int]
) -> None:
    assert unite_marked(one, two) == unite_marked(two, one)
    united = unite_marked(unite_marked(one, two), three)
    assert united == unite_marked(one, unite_marked(two, three))
    assert united == {name: max(d.get(name, 0) for d in (one, two, three)) for name in united}


@given(st.integers(0, 2 * MOST), st.integers(0, 2 * MOST), st.integers(0, 2 * MOST))
def test_who_shares_a_memory_recognises_all_that_either_does(
    mine: int, theirs: int, both: int
) -> None:
    own, other = NOBODY, Customer(customer_id="c-2")
    own, other = after(own, *sales(0, mine))[0], after(other, *sales(500, 500 + theirs))[0]
    third = after(Customer(customer_id="c-3", marked={"m": 5}), *sales(900, 900 + both))[0]
    shared, marks = share_memory(own, (other, third), NOON)
    known = [*sales(0, mine), *sales(500, 500 + theirs), *sales(900, 900 + both)]
    assert recognised(shared, set(marks), known) == [event.id for event in known]
    assert recognised(shared, set(marks), sales(2000, 2050)) == []
    assert all(len(names) <= MOST for names in shared.processed.values())
    assert len(marks) == len(set(marks))
