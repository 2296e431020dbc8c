"""Actions as a decision makes them, whatever they are to do."""

from datetime import datetime, timedelta
from typing import Any

from hub.catalogue.domain.candidate import Request
from hub.catalogue.domain.rule import Rule
from hub.contact_policy.domain.contactability import dialogue_state
from hub.decisioning.domain.effects import DecisionContext
from hub.kernel.duration import parse_duration
from hub.kernel.times import to_iso
from hub.model.action_content import ActionContent
from hub.model.decision import Action
from hub.model.event import Event

DEFAULT_LIFETIME = timedelta(days=3)


def build_action(
    context: DecisionContext,
    requested_by: Rule | Request,
    about: Event,
    *,
    id: str,  # noqa: A002 as in Action
    channel: str,
    what: ActionContent,
    expires_at: datetime | None = None,
    **members: Any,
) -> Action:
    """An action that the rule asked for. `about` is the event that its content may quote; a message
    may be about an earlier event than the one at hand."""
    event, customer, now, _ = context.scope
    return Action(
        id=id,
        channel=channel,
        what=what,
        expires_at=expires_at or now + DEFAULT_LIFETIME,
        customer_id=customer.customer_id,
        decision_id=context.decision_id,
        rule_id=requested_by.rule_id,
        strategy=requested_by.strategy,
        state=dialogue_state(customer, requested_by.strategy),
        catalogue=context.catalogue.number,
        decided_at=now,
        correlation_id=event.correlation_id,
        hops=event.hops,
        path=tuple(event.path),
        event=_quote_event(about),
        **members,
    )


def lifetime(expires: str | None) -> timedelta:
    """For how long an action is worth doing, from when it was first decided."""
    return parse_duration(expires) if expires else DEFAULT_LIFETIME


def _quote_event(event: Event) -> dict[str, Any]:
    """What a template may quote of the event, and, where it is the end of a wait, since when."""
    quoted = {"id": event.id, "type": event.type, "occurred_at": to_iso(event.occurred_at)}
    since = {"since": to_iso(event.began_at)} if event.began_at != event.occurred_at else {}
    return {**quoted, **since, "properties": event.properties}
