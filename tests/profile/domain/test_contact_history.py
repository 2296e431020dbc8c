"""What an event changes in the contact history of its customer."""

import pytest

from hub.kernel.times import to_iso
from hub.learning.domain.feedback import FEEDBACK_DEADLINE
from hub.model.contact_history import NO_CONTACT_HISTORY
from hub.model.contact_history_entries import OpenCall
from hub.profile.domain.contact_history import (
    apply_call_event,
    apply_dismissal,
    apply_impression,
    withdraw_action,
)
from tests.factories import NOON, an_event, later

CALLED = NO_CONTACT_HISTORY.open_call("a-1", OpenCall({"expires_at": to_iso(NOON)}))
SEEN = {"offer": "tea", "channel": "web", "at": to_iso(NOON)}


def test_a_call_that_the_call_centre_took_has_its_reference() -> None:
    properties = {"action_id": "a-1", "reference": "task-1"}
    history = apply_call_event(CALLED, an_event("action.delivered", properties=properties))
    assert history.calls["a-1"].reference == "task-1"


@pytest.mark.parametrize(
    ("event_type", "action_id", "is_open"),
    [
        ("call.completed", "a-1", False),
        ("action.declined", "a-1", False),
        ("action.refused", "a-1", False),
        ("page.viewed", "a-1", True),
        ("call.completed", "a-2", True),
    ],
)
def test_a_call_is_open_until_it_ends(event_type: str, action_id: str, *, is_open: bool) -> None:
    history = apply_call_event(CALLED, an_event(event_type, properties={"action_id": action_id}))
    assert bool(history.calls) is is_open


def test_an_offer_is_a_contact_once_it_was_seen_on_a_page() -> None:
    delivered = apply_impression(NO_CONTACT_HISTORY, an_event("action.delivered"), "a-1", SEEN)
    assert delivered.showings["tea"].action_id == "a-1"
    assert not delivered.has_contacts()
    event = an_event("offer.viewed", properties={"category": "drinks"})
    viewed = apply_impression(NO_CONTACT_HISTORY, event, "a-1", SEEN)
    assert viewed.count_contacts(0, channels=("web",), category="drinks", offer="tea") == 1
    assert viewed.times_offered("tea") == 1


def test_an_impression_that_can_teach_nothing_more_is_dropped() -> None:
    history = apply_impression(NO_CONTACT_HISTORY, an_event("action.delivered"), "a-1", SEEN)
    at = NOON + FEEDBACK_DEADLINE
    for offer, moment, left in (("cake", at, 2), ("jam", later(days=28, seconds=1), 2)):
        new = {"offer": offer, "channel": "web", "at": to_iso(moment)}
        history = apply_impression(history, an_event("action.delivered"), "a-2", new)
        assert len(history.showings) == left
    assert "tea" not in history.showings


def test_a_dismissed_offer_is_suppressed_for_30_days() -> None:
    event = an_event("offer.dismissed", properties={"offer": "tea"})
    history = apply_dismissal(NO_CONTACT_HISTORY, event)
    assert history.suppressed == {"offer:tea": to_iso(later(days=30))}


def test_nothing_of_an_action_that_did_not_go_out_is_kept() -> None:
    history = NO_CONTACT_HISTORY.record_contact(NOON, "email", action_id="a-1")
    history = history.await_response("a-1", "").hold_claim("a-1", NOON)
    assert withdraw_action(history, "a-1") == NO_CONTACT_HISTORY
