"""The event that a rule causes."""

from datetime import datetime

from hub.decisioning.domain.effects import VerbContext
from hub.kernel.times import to_iso
from hub.model.event import Event, follow_up


def build_follow_up(
    context: VerbContext,
    event_type: str,
    event_id: str,
    at: datetime,
    *,
    begins_anew: bool = False,
) -> Event:
    """Builds an event that has the properties of the event at hand, and names it as its cause."""
    event, customer, _, _ = context.decision.scope
    return follow_up(
        event,
        id=event_id,
        type=event_type,
        at=at,
        customer_id=customer.customer_id,
        properties=event.properties,
        context={
            "path": (*event.path, context.rule.rule_id),
            "cause": event.id,
            "since": to_iso(event.began_at),
        },
        begins_anew=begins_anew,
    )
