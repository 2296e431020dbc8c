"""Builds actions of every kind."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hub.catalogue.domain.candidate import Request
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.quiet_hours import QuietHours
from hub.catalogue.domain.policy.suppression import Suppression
from hub.catalogue.domain.rule import Rule
from hub.catalogue.domain.validity import Validity
from hub.catalogue.domain.verbs.connector_verb import ConnectorVerb
from hub.contact_policy.domain.contactability import MARKETING, dialogue_state
from hub.decisioning.domain.effects import DecisionContext
from hub.expression.domain import Scope
from hub.kernel.duration import parse_duration
from hub.kernel.times import to_iso
from hub.model.action_content import ActionContent, ConnectorCall
from hub.model.decision import Action, SuppressionCondition
from hub.model.event import Event
from hub.model.quiet_hours import QuietPeriod
from hub.surroundings.domain.surroundings import Surroundings

DEFAULT_LIFETIME = timedelta(days=3)


def build_action(
    context: DecisionContext,
    requested_by: Rule | Request,
    about: Event,
    *,
    id: str,  # noqa: A002 - as in Action
    channel: str,
    what: ActionContent,
    expires_at: datetime | None = None,
    **members: Any,
) -> Action:
    """Builds the action that a rule asked for. `members` are further members of `Action`.

    `about` is the event that the content may quote. A reconsidered message is about an earlier
    event than the event at hand. Without `expires_at` the action expires after three days."""
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
        suppressions=select_suppressions(
            what.purpose,
            channel=(what.channel if isinstance(what, ConnectorCall) else "") or channel,
            category=members.get("category", ""),
            offer=members.get("offer", ""),
            strategy=requested_by.strategy,
            catalogue=context.catalogue,
        ),
        **members,
    )


def select_quiet_hours(
    channel: str, purpose: str, catalogue: Catalogue, surroundings: Surroundings
) -> tuple[QuietPeriod, ...]:
    """Returns the quiet hours of an action: it may still be in a queue when they begin."""
    owner_zone = surroundings.time_zone
    return tuple(
        replace(policy.hours, owner_zone=owner_zone) if owner_zone else policy.hours
        for policy in catalogue.policies.of_kind(QuietHours)
        if policy.covers(channel, purpose)
    )


def select_suppressions(
    purpose: str, *, channel: str, category: str, offer: str, strategy: str, catalogue: Catalogue
) -> tuple[SuppressionCondition, ...]:
    """Returns the conditions that stop an action if they hold when it is about to be sent."""
    if purpose != MARKETING:
        return ()
    return tuple(
        SuppressionCondition(policy.when.text, policy.reason)
        for policy in catalogue.policies.of_kind(Suppression)
        if policy.when and policy.about.covers(channel, category, offer, strategy)
    )


def build_connector_call(verb: ConnectorVerb) -> ConnectorCall:
    return ConnectorCall(
        connector=verb.connector,
        operation=verb.operation or "",
        fields=verb.fields,
        channel=verb.channel or "",
        purpose=verb.purpose or "",
        words=verb.list_rule_words(),
    )


def parse_lifetime(expires: str | None) -> timedelta:
    """Returns how long an action may be carried out after it was first decided, such as `2h`.

    The default is three days."""
    return parse_duration(expires) if expires else DEFAULT_LIFETIME


def limit_to_validity(expires_at: datetime, validity: Validity, scope: Scope) -> datetime:
    """What a row asks for expires when the row ends on the customer's calendar."""
    ends = validity.find_end(scope.local_time.tzinfo) if validity.is_limited else None
    return min(expires_at, ends) if ends else expires_at


def _quote_event(event: Event) -> dict[str, Any]:
    """Returns what a template may quote of the event. At the end of a wait `since` is its start."""
    quoted = {"id": event.id, "type": event.type, "occurred_at": to_iso(event.occurred_at)}
    since = {"since": to_iso(event.began_at)} if event.began_at != event.occurred_at else {}
    return {**quoted, **since, "properties": event.properties}
