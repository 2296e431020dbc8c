"""What an event changes in the contact history of its customer (`hub.model.contact_history`)."""

from datetime import timedelta

from hub.kernel.json_types import JsonObject
from hub.kernel.times import parse_time, to_iso
from hub.learning.domain.feedback import FEEDBACK_DEADLINE
from hub.model.contact_history import ContactHistory
from hub.model.contact_history_entries import Impression
from hub.model.event import Event

DELIVERED, VIEWED = "action.delivered", "offer.viewed"
CALL_ENDS = frozenset({"action.declined", "action.refused", "call.completed"})
DISMISSED_FOR = timedelta(days=30)


def apply_call_event(history: ContactHistory, event: Event) -> ContactHistory:
    """The call centre took a call, or the call is over."""
    action_id = str(event.properties.get("action_id", ""))
    if action_id not in history.calls:
        return history
    if event.type == DELIVERED:
        return history.deliver_call(action_id, event.properties.get("reference"))
    return history.close_call(action_id) if event.type in CALL_ENDS else history


def apply_impression(
    history: ContactHistory, event: Event, action_id: str, exposure: JsonObject
) -> ContactHistory:
    """An offer went out or was seen. `exposure` is the JSON form of
    `hub.learning.domain.feedback.Exposure`. A page's offer is a contact only now."""
    offer, at = exposure["offer"], parse_time(exposure["at"])
    oldest = to_iso(at - FEEDBACK_DEADLINE)
    history = history.record_impression(offer, Impression(action_id, exposure), oldest)
    if event.type != VIEWED:
        return history
    return history.record_contact(
        event.occurred_at,
        exposure["channel"],
        category=str(event.properties.get("category", "")),
        offer=offer,
        action_id=action_id,
    )


def apply_dismissal(history: ContactHistory, event: Event) -> ContactHistory:
    """The customer does not want to see the offer for a while."""
    subject = f"offer:{event.properties.get('offer', '')}"
    return history.suppress(subject, event.occurred_at + DISMISSED_FOR)


def withdraw_action(history: ContactHistory, action_id: str) -> ContactHistory:
    """The action did not go out, so that nothing of it counts or is awaited."""
    history = history.withdraw_contact(action_id).record_responses([action_id])
    return history.release_claim(action_id)
