"""The event by which the hub passes a refusal on: to whom a message was for, to whom an event names
without a proof, or past a limit that the event itself does not keep."""

from dataclasses import replace

from hub.kernel.json_types import JsonObject
from hub.model.event import HUB_SOURCE, Event, follow_up
from hub.profile.domain.json_size import measure_json

UPDATED = "customer.updated"
LONGEST_STATED_AT = 500
"""The most bytes of JSON of the times of the refusals."""
_MARK = ".refusal."


def build_refusal(event: Event, customer_id: str, refused: JsonObject, reason: str) -> Event:
    """Builds the event that refuses for the customer what `event` refuses.

    `refused` is as `trait_kinds.find_refusals` finds it. What the event agrees to is left out: the
    hub gives no consent for a source.
    """
    stated_at = event.context.get("stated_at")
    is_short = bool(stated_at) and measure_json(stated_at) <= LONGEST_STATED_AT
    refusal = follow_up(
        event,
        id=f"{event.id}{_MARK}{customer_id}",
        type=UPDATED,
        at=event.occurred_at,
        received_at=event.received_at,
        properties={"reason": reason},
        context={"stated_at": stated_at} if is_short else {},
        customer_id=customer_id,
        added_hops=0,
    )
    return replace(refusal, traits={"consent": refused}, trust=event.trust)


def is_passed_refusal(event_id: str, source: str) -> bool:
    """Whether it is the id of such an event: no record says that the hub made it."""
    return source == HUB_SOURCE and _MARK in event_id
