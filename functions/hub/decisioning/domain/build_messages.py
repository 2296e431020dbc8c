"""Builds the action of a selected candidate, and the timer for postponed requests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.catalogue.domain.verbs.connector_verb import ConnectorVerb
from hub.decisioning.domain.arbitration import SelectedCandidate
from hub.decisioning.domain.build_actions import (
    build_action,
    build_connector_call,
    limit_to_validity,
    parse_lifetime,
    select_quiet_hours,
)
from hub.decisioning.domain.effects import DecisionContext
from hub.decisioning.domain.reconsideration import DEFERRED, Reconsideration
from hub.kernel.digest import digest
from hub.kernel.times import to_iso
from hub.learning.domain.feedback import Exposure
from hub.model.action_content import Call, ConnectorCall, Message
from hub.model.channels import CONNECTOR_CHANNEL
from hub.model.decision import Action, Timer
from hub.model.event import follow_up


def build_message(
    selected: SelectedCandidate,
    context: DecisionContext,
    reconsideration: Reconsideration,
    action_id: str,
) -> Action:
    """Builds the message or call.

    `reconsideration` has the event that it is about, and the requests that are decided again if its
    claims are refused."""
    request, candidate = selected.ranked.request, selected.ranked.candidate
    what = _build_content(request, candidate)
    retry: Mapping[str, Any] = {}
    if selected.claims:
        retry = reconsideration.exclude(candidate.subject, candidate.channel).to_dict()
    return build_action(
        context,
        request,
        reconsideration.event,
        id=action_id,
        channel=CONNECTOR_CHANNEL if isinstance(what, ConnectorCall) else candidate.channel,
        what=what,
        expires_at=_compute_message_expiry(request, candidate, reconsideration, context),
        address=selected.address,
        offer=candidate.offer_id,
        category=candidate.category,
        goal=candidate.goal,
        showing=_build_exposure(selected, context),
        claims=selected.claims,
        again=retry,
        quiet=select_quiet_hours(
            candidate.channel,
            candidate.template.purpose,
            context.catalogue,
            context.scope.surroundings,
        ),
    )


def compute_expiry(
    request: Request, reconsideration: Reconsideration, context: DecisionContext
) -> datetime:
    """Returns when the request expires. Its lifetime begins with the first decision on it, and is
    over when the rule ends."""
    expires_at = reconsideration.since + parse_lifetime(request.verb.expires)
    return limit_to_validity(expires_at, request.validity, context.scope)


def _compute_message_expiry(
    request: Request,
    candidate: Candidate,
    reconsideration: Reconsideration,
    context: DecisionContext,
) -> datetime:
    """A message about an offer also expires when the offer ends."""
    expires_at = compute_expiry(request, reconsideration, context)
    offer = candidate.offer
    return limit_to_validity(expires_at, offer.validity, context.scope) if offer else expires_at


def build_deferral_timer(
    until: datetime, context: DecisionContext, reconsideration: Reconsideration
) -> Timer:
    """Builds the timer that brings the requests back. Its id is the same for all requests about one
    event that wait `until` then."""
    event, customer_id = context.scope.event, context.scope.customer.customer_id
    about = reconsideration.event.id
    earlier = f" about {about}" if about != event.id else ""
    timer_id = f"t-{digest(f'{event.id} again {to_iso(until)}{earlier}', 12)}"
    later = follow_up(
        event,
        id=timer_id,
        type=DEFERRED,
        at=until,
        customer_id=customer_id,
        properties={"again": reconsideration.to_dict()},
        context={"path": event.path, "cause": event.id},
        added_hops=0,
    )
    return Timer(id=timer_id, customer_id=customer_id, due_at=until, event=later.to_dict())


def _build_content(request: Request, candidate: Candidate) -> Message | Call | ConnectorCall:
    if isinstance(request.verb, ConnectorVerb):
        return build_connector_call(request.verb)
    template, words = candidate.template, request.verb.list_rule_words()
    offer = candidate.offer.template_values if candidate.offer else None
    if candidate.queue:
        return Call(
            queue=candidate.queue,
            template=template.template_id,
            purpose=template.purpose,
            reason=candidate.reason,
            offer=offer,
            words=words,
        )
    return Message(
        template=template.template_id,
        purpose=template.purpose,
        offer=offer,
        words={**words, "reason": candidate.reason} if candidate.reason else words,
    )


def _build_exposure(selected: SelectedCandidate, context: DecisionContext) -> Mapping[str, Any]:
    candidate, draw = selected.ranked.candidate, selected.ranked.draw
    if draw is None:
        return {}
    half_life = find_learner(context.catalogue.policies).half_life
    return Exposure(candidate.arm, draw.bins, context.scope.now, half_life).to_dict()
