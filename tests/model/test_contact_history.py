"""The contact history is stored as the block `limits`, and it never grows without end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.catalogue.domain.offer import MOST_CONTACTS
from hub.kernel.times import to_iso, to_milliseconds
from hub.model.channels import OUTBOUND_CHANNELS
from hub.model.contact_history import (
    CONTACTS_KEPT_FOR,
    MAX_AWAITED,
    MAX_IMPRESSIONS,
    MAX_NAMES,
    NO_CONTACT_HISTORY,
    ContactHistory,
    limit_contacts,
)
from hub.model.contact_history_entries import Contact, Impression, OpenCall
from hub.model.customer import Customer
from hub.model.page_contacts import MOST_COUNTED
from tests.factories import NOON, later

_names = st.sampled_from(["tea", "coffee", "a-1", "a-2", ""])
_times = st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 1)).map(lambda at: f"{at}Z")  # noqa: DTZ001 the text says UTC
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _names,
    lambda parts: st.lists(parts, max_size=2) | st.dictionaries(_names, parts, max_size=2),
)


def _by_name(entries: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(_names, entries, min_size=1, max_size=3)


_entry = st.dictionaries(st.sampled_from(["offer", "channel", "later"]), _json)
_members = {
    "contacts": st.lists(
        st.tuples(
            st.integers(0, 9), st.sampled_from(OUTBOUND_CHANNELS), _names, _names, _names
        ).map(list),
        min_size=1,
    ),
    "page_contacts": st.dictionaries(
        st.sampled_from(["web|tea|beans", "web||", "app|a|b|c"]),
        st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)).map(list), min_size=1),
        min_size=1,
    ),
    "offers": _by_name(st.integers(0, 3)),
    "goals": _by_name(st.lists(_times, min_size=1, max_size=2)),
    "suppressed": _by_name(_times),
    "claims": _by_name(_times | st.tuples(_times, st.booleans()).map(list)),
    "showings": _by_name(
        st.builds(lambda entry, at: {**entry, "at": at, "id": "a-1"}, _entry, _times)
    ),
    "awaiting": _by_name(_names),
    "enrolled": _by_name(
        st.tuples(_times, st.booleans(), _names, _times, st.booleans()).map(list),
    ),
    "calls": _by_name(
        st.builds(
            lambda entry, end: {**entry, "expires_at": "2026-12-01T00:00:00.000Z", **end},
            _entry,
            st.sampled_from([{}, {"reference": None}, {"reference": "task-1"}]),
        )
    ),
    "of_a_later_release": _json,
}


@st.composite
def _stored_blocks(draw: st.DrawFn) -> dict[str, Any]:
    """Members in any order, without those that are empty."""
    names = draw(st.lists(st.sampled_from([*_members]), unique=True))
    return {name: draw(_members[name]) for name in names}


@given(_stored_blocks())
def test_a_history_is_written_as_it_was_read(limits: dict[str, Any]) -> None:
    written = ContactHistory.from_dict(limits).to_dict()
    assert orjson.dumps(written) == orjson.dumps(limits)
    customer = Customer.from_dict({"customer_id": "c-1", "version": 1, "limits": limits})
    assert customer.to_dict().get("limits", {}) == limits


@given(_stored_blocks())
def test_a_history_that_changed_is_read_as_it_was_written(limits: dict[str, Any]) -> None:
    history = (
        ContactHistory.from_dict(limits)
        .record_contact(NOON, "email", offer="tea", action_id="a-3")
        .await_response("a-3", "order.completed")
        .hold_claim("a-3", later(hours=1))
        .open_call("a-3", OpenCall({"expires_at": to_iso(NOON)}))
        .release_claim("a-3")
        .withdraw_contact("a-3")
    )
    assert ContactHistory.from_dict(history.to_dict()) == history
    assert history.to_dict().get("of_a_later_release") == limits.get("of_a_later_release")


def test_members_are_written_in_the_order_in_which_they_were_first_needed() -> None:
    history = NO_CONTACT_HISTORY.suppress("offer:tea", NOON)
    history = history.record_contact(NOON, "email", offer="tea", action_id="a-1")
    history = history.hold_claim("a-1", NOON)
    assert [*history.to_dict()] == ["suppressed", "contacts", "offers", "claims"]
    assert [*history.release_claim("a-1").hold_claim("a-2", NOON).to_dict()][-1] == "claims"
    called = history.open_call("a-1", OpenCall({})).await_response("a-1", "")
    assert [*called.deliver_call("a-1", "task-1").to_dict()][-2:] == ["awaiting", "calls"]


def test_contacts_are_counted_by_time_channel_category_and_offer() -> None:
    history = NO_CONTACT_HISTORY
    for hours, channel, category, offer in (
        (0, "email", "drinks", "tea"),
        (1, "sms", "drinks", "coffee"),
        (2, "web", "drinks", "tea"),
        (3, "email", "", ""),
    ):
        history = history.record_contact(
            later(hours=hours), channel, category=category, offer=offer, action_id=f"a-{hours}"
        )
    start = to_milliseconds(NOON)
    assert history.count_contacts(start) == 4
    assert history.count_contacts(start + 1) == 3
    assert history.count_contacts(start, channels=OUTBOUND_CHANNELS) == 3
    assert history.count_contacts(start, channels=("email",), category="drinks") == 1
    assert history.count_contacts(start, offer="tea") == 2
    assert (history.times_offered("tea"), history.times_offered("cake")) == (2, 0)


def test_a_message_that_did_not_go_out_does_not_count() -> None:
    history = NO_CONTACT_HISTORY.record_contact(NOON, "email", offer="tea", action_id="a-1")
    history = history.record_contact(NOON, "sms", offer="tea", action_id="a-2")
    withdrawn = history.withdraw_contact("a-2")
    assert [contact.action_id for contact in withdrawn.contacts] == ["a-1"]
    assert withdrawn.times_offered("tea") == 1
    assert history.withdraw_contact("a-3") is history


def test_a_contact_is_forgotten_when_no_month_has_it_any_more() -> None:
    history = NO_CONTACT_HISTORY.record_contact(NOON, "email", action_id="a-1")
    kept = history.record_contact(NOON + CONTACTS_KEPT_FOR, "email", action_id="a-2")
    assert len(kept.contacts) == 2
    at = NOON + CONTACTS_KEPT_FOR + timedelta(milliseconds=1)
    assert len(history.record_contact(at, "email", action_id="a-2").contacts) == 1


def test_of_each_channel_category_and_offer_the_newest_contacts_are_kept() -> None:
    old = [Contact(at, "email", "", "", f"a-{at}") for at in range(MOST_COUNTED + 9)]
    other = Contact(0, "sms", "", "", "b-1")
    kept = limit_contacts((*reversed(old), other))
    assert kept == (*reversed(old[9:]), other)


def test_offers_on_pages_of_before_0_3_0_are_read_and_counted() -> None:
    at = to_milliseconds(NOON)
    stored = [[at, "web", "drinks", "tea", "r-1"], [at, "email", "", "", "a-1"]]
    stored.append([at - 1, "web", "drinks", "tea", "r-0"])
    history = ContactHistory.from_dict({"contacts": stored})
    assert [contact.action_id for contact in history.contacts] == ["a-1"]
    assert history.count_contacts(at, channels=("web",), category="drinks", offer="tea") == 1
    assert history.count_contacts(at - 900_000, offer="tea") == 2


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ab"), st.booleans())))
def test_caps_count_what_was_seen_whatever_else_was_seen(
    seen: list[tuple[int, str, bool]],
) -> None:
    """Each day's contacts three times, a minute apart; counted up to the largest cap."""
    history = NO_CONTACT_HISTORY
    for number, (days, offer, is_on_page) in enumerate(sorted(seen)):
        channel = "web" if is_on_page else "email"
        for minute in range(3):
            at = later(days=days, minutes=minute)
            name = f"{number}-{minute}"
            history = history.record_contact(at, channel, offer=offer, action_id=name)
    last = max((days for days, *_ in seen), default=0)
    for days, offer, channel in product(range(31), "ab", ("web", "email")):
        since = to_milliseconds(later(days=last - days))
        expected = 3 * sum(
            offer == its and day >= last - days and (channel == "web") is on_page
            for day, its, on_page in seen
        )
        counted = history.count_contacts(since, channels=(channel,), offer=offer)
        assert min(counted, MOST_CONTACTS) == min(expected, MOST_CONTACTS)


def test_the_two_latest_times_of_a_goal_are_kept() -> None:
    history = NO_CONTACT_HISTORY
    for hours in (2, 1, 3, 3):
        history = history.reach_goal("order.completed", later(hours=hours))
    assert history.goal_times("order.completed") == [to_iso(later(hours=h)) for h in (3, 2)]
    assert not history.goal_times("other")


def test_a_longer_suppression_stays() -> None:
    history = NO_CONTACT_HISTORY.suppress("category:tea", later(hours=2))
    assert history.suppress("category:tea", later(hours=1)) == history
    longer = history.suppress("category:tea", later(hours=3))
    assert longer.suppressed_until("category:tea") == to_iso(later(hours=3))
    assert longer.suppressed_until("category:coffee") == ""


def test_a_claim_is_held_until_it_is_released_or_ends() -> None:
    history = NO_CONTACT_HISTORY.hold_claim("a-1", NOON).hold_claim("a-2", later(hours=1))
    assert history.holds_claim("a-1")
    ended = history.release_claims_ended_by(NOON)
    assert [*ended.claims] == ["a-2"]
    assert ended.release_claims_ended_by(NOON) is ended
    assert ended.release_claim("a-1") is ended
    assert not ended.release_claim("a-2").holds_claim("a-2")


def test_a_response_is_awaited_until_there_is_one() -> None:
    history = NO_CONTACT_HISTORY.await_response("a-1", "order.completed").await_response("a-2", "")
    assert history.find_awaiting(["order.completed", ""]) == ["a-1"]
    assert history.record_responses(["a-3"]) is history
    answered = history.record_responses(["a-1", "a-3"])
    assert not answered.is_awaiting_response("a-1")
    assert answered.is_awaiting_response("a-2")


def test_only_recent_impressions_are_kept() -> None:
    old, new = (Impression(f"a-{n}", {"at": to_iso(later(hours=n))}) for n in range(2))
    history = NO_CONTACT_HISTORY.record_impression("tea", old, "")
    assert [*history.record_impression("coffee", new, new.at).showings] == ["coffee"]
    both = history.record_impression("coffee", new, old.at)
    assert [*both.record_impression("tea", new, old.at).showings] == ["coffee", "tea"]
    assert [*both.end_impression("tea").showings] == ["coffee"]


def test_a_call_is_open_until_it_is_closed() -> None:
    history = NO_CONTACT_HISTORY.open_call("a-1", OpenCall({"expires_at": to_iso(NOON)}))
    assert history.calls["a-1"].expires_at == to_iso(NOON)
    assert not history.calls["a-1"].is_delivered
    delivered = history.deliver_call("a-1", "task-1")
    assert delivered.calls["a-1"].reference == "task-1"
    assert delivered.close_call("a-1") == NO_CONTACT_HISTORY


@pytest.mark.parametrize(
    ("change", "member", "most"),
    [
        (
            lambda h, n: h.record_contact(later(hours=n), "sms", action_id=n),
            "contacts",
            MOST_COUNTED,
        ),
        (lambda h, n: h.reach_goal(f"goal-{n}", later(hours=n)), "goals", MAX_NAMES),
        (lambda h, n: h.suppress(f"offer:{n}", later(hours=n)), "suppressed", MAX_NAMES),
        (lambda h, n: h.await_response(f"a-{n}", ""), "awaiting", MAX_AWAITED),
        (
            lambda h, n: h.record_impression(f"{n}", Impression("a", {"at": "9"}), ""),
            "showings",
            MAX_IMPRESSIONS,
        ),
    ],
)
def test_the_oldest_entries_leave_a_history_that_is_full(
    change: Callable[[ContactHistory, int], ContactHistory], member: str, most: int
) -> None:
    history = NO_CONTACT_HISTORY
    for number in range(most + 1):
        history = change(history, number)
    entries = getattr(history, member)
    assert len(entries) == most
    first = change(NO_CONTACT_HISTORY, 0)
    assert next(iter(getattr(first, member))) not in entries


@pytest.mark.parametrize("year", [1, 9999])
def test_a_contact_may_be_of_any_year(year: int) -> None:
    at = NOON.replace(year=year)
    history = NO_CONTACT_HISTORY.record_contact(at, "email", action_id="a-1")
    assert history.count_contacts(to_milliseconds(at)) == 1
