"""Fulfils the requests of the verbs that send something to the customer.

Arbitration selects candidates. Each becomes a message, or a timer if quiet hours postpone it."""

from collections.abc import Sequence
from datetime import datetime

from hub.catalogue.domain.candidate import Request
from hub.contact_policy.domain.contactability import MARKETING, TOO_LATE
from hub.decisioning.domain.arbitration import Arbitration, SelectedCandidate, exclude_candidate
from hub.decisioning.domain.build_messages import (
    build_deferral_timer,
    build_message,
    compute_expiry,
)
from hub.decisioning.domain.effects import DecisionContext, Effects
from hub.decisioning.domain.open_calls import open_call
from hub.decisioning.domain.receipt import describe_excluded, describe_selected
from hub.decisioning.domain.reconsideration import Reconsideration
from hub.expression.domain import Scope
from hub.measurement.domain.holdout_experiment import enrol
from hub.model.channels import CALL_CHANNEL


def fulfil_requests(
    requests: Sequence[Request], reconsideration: Reconsideration, context: DecisionContext
) -> Effects:
    """Returns the messages and timers, and the choices for the receipt.

    `reconsideration` has the event that the requests are about: the event at hand, or an earlier
    one whose requests were postponed or refused. Raises `Rejected` if the catalogue does not have
    the template of a request."""
    event, (_, customer, now, surroundings) = reconsideration.event, context.scope
    arbitration = Arbitration(
        Scope(event, customer, now, surroundings),
        context.catalogue,
        f"{context.seed} {context.scope.event.id}",
        reconsideration.without,
    )
    arbitration.arbitrate(requests)
    selected = arbitration.selected
    customer, enrolments = enrol(
        customer, arbitration.assignments, context.catalogue, event.occurred_at, now
    )
    effects = Effects(customer=customer, enrolments=tuple(enrolments))
    deferred: dict[datetime, list[SelectedCandidate]] = {}
    for selection in selected:
        if selection.waits_until:
            deferred.setdefault(selection.waits_until, []).append(selection)
        else:
            retry = reconsideration
            if selection.claims:
                retry = retry.limit_to(_list_requests_if_refused(selection, selected))
            current = context.with_customer(effects.customer)
            effects = effects.add(_send(selection, retry, current))
    for until, group in deferred.items():
        current = context.with_customer(effects.customer)
        effects = effects.add(_defer(group, until, reconsideration, current))
    if arbitration.excluded:
        excluded = tuple(describe_excluded(arbitration.excluded))
        effects = effects.add(Effects(customer=effects.customer, choices=excluded))
    return effects


def _send(
    selected: SelectedCandidate, reconsideration: Reconsideration, context: DecisionContext
) -> Effects:
    """Builds the message, and records it with its claims. Its response window begins when it was
    sent."""
    request, candidate = selected.ranked.request, selected.ranked.candidate
    customer = context.scope.customer
    action_id = _derive_action_id(request, reconsideration, context)
    if candidate.template.purpose == MARKETING:
        history = customer.contact_history.record_contact(
            context.scope.now,
            candidate.channel,
            category=candidate.category,
            offer=candidate.offer_id,
            action_id=action_id,
        )
        customer = customer.with_contact_history(history)
    action = build_message(selected, context.with_customer(customer), reconsideration, action_id)
    if action.claims:
        history = customer.contact_history.hold_claim(action_id, action.expires_at)
        customer = customer.with_contact_history(history)
    if request.verb.answer_within:
        history = customer.contact_history.await_response(action_id, action.goal)
        customer = customer.with_contact_history(history)
    if action.channel == CALL_CHANNEL:
        history = open_call(customer.contact_history, action)
        customer = customer.with_contact_history(history)
    choice = describe_selected(selected, made=action_id)
    return Effects(customer=customer, actions=(action,), choices=(choice,))


def _derive_action_id(
    request: Request, reconsideration: Reconsideration, context: DecisionContext
) -> str:
    """An event that brings requests back may also match their rule itself. Then the two messages
    have different ids."""
    event, about = context.scope.event, reconsideration.event
    is_both = event.type == about.type and event.id != about.id
    again = f" about {about.id}" if is_both else ""
    return f"a-{context.derive_id(f'{request.rule_id}{again}', request.position)}"


def _defer(
    group: Sequence[SelectedCandidate],
    until: datetime,
    reconsideration: Reconsideration,
    context: DecisionContext,
) -> Effects:
    """Makes one timer, after which `group` is decided again. Excludes what expires before that."""
    kept = [
        selected
        for selected in group
        if until < compute_expiry(selected.ranked.request, reconsideration, context)
    ]
    late = [
        exclude_candidate(selected.ranked.request, selected.ranked.candidate, TOO_LATE)
        for selected in group
        if selected not in kept
    ]
    effects = Effects(customer=context.scope.customer, choices=tuple(describe_excluded(late)))
    if not kept:
        return effects
    retry = reconsideration.limit_to(selected.ranked.request for selected in kept)
    timer = build_deferral_timer(until, context, retry)
    choices = tuple(describe_selected(selected, made=timer.id) for selected in kept)
    return effects.add(Effects(customer=context.scope.customer, timers=(timer,), choices=choices))


def _list_requests_if_refused(
    selected: SelectedCandidate, all_selected: Sequence[SelectedCandidate]
) -> list[Request]:
    """Returns what is decided again if the claim is refused: the request, and the requests of its
    rivals if no other marketing was selected."""
    request = selected.ranked.request
    is_alone = [other for other in all_selected if other.rivals] == [selected]
    return [request, *(rival.request for rival in selected.rivals)] if is_alone else [request]
