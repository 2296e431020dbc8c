"""The verbs that send something to the customer: their requests go through arbitration, and what it
selects becomes messages, or timers where quiet hours defer it."""

from collections.abc import Sequence
from datetime import datetime

from hub.catalogue.domain.candidate import Request
from hub.contact_policy.domain.contactability import MARKETING
from hub.decisioning.domain.arbitration import Arbitration, SelectedCandidate, exclude_candidate
from hub.decisioning.domain.build_actions import lifetime
from hub.decisioning.domain.build_messages import build_deferral_timer, build_message
from hub.decisioning.domain.effects import DecisionContext, Effects
from hub.decisioning.domain.open_calls import open_call
from hub.decisioning.domain.receipt import describe_excluded, describe_selected
from hub.decisioning.domain.reconsideration import Reconsideration
from hub.expression.domain import Scope
from hub.kernel.duration import parse_duration
from hub.measurement.domain.holdout_experiment import enrol
from hub.measurement.domain.response_tracking import open_response_window
from hub.model.channels import CALL_CHANNEL
from hub.model.decision import Timer

TOO_LATE = "after the quiet hours it would come too late"


def fulfil_requests(
    requests: Sequence[Request], reconsideration: Reconsideration, context: DecisionContext
) -> Effects:
    """`reconsideration` holds the event that the requests are about: the one at hand, or an earlier
    one whose requests were put off or refused."""
    event, (_, customer, now, surroundings) = reconsideration.event, context.scope
    arbitration = Arbitration(
        Scope(event, customer, now, surroundings),
        context.catalogue,
        f"{context.seed} {context.scope.event.id}",
        reconsideration.without,
    )
    arbitration.arbitrate(requests)
    selected = arbitration.selected
    customer, enrolments = enrol(customer, arbitration.assignments, event.occurred_at, now)
    effects = Effects(customer=customer, enrolments=tuple(enrolments))
    deferred: dict[datetime, list[SelectedCandidate]] = {}
    for candidate in selected:
        if candidate.waits_until:
            deferred.setdefault(candidate.waits_until, []).append(candidate)
        else:
            retry = reconsideration
            if candidate.claims:
                retry = retry.limit_to(_list_requests_if_refused(candidate, selected))
            current = context.with_customer(effects.customer)
            effects = effects.followed_by(_send(candidate, retry, current))
    for until, group in deferred.items():
        current = context.with_customer(effects.customer)
        effects = effects.followed_by(_defer(group, until, reconsideration, current))
    if arbitration.excluded:
        excluded = tuple(describe_excluded(arbitration.excluded))
        effects = effects.followed_by(Effects(customer=effects.customer, choices=excluded))
    return effects


def _send(
    selected: SelectedCandidate, reconsideration: Reconsideration, context: DecisionContext
) -> Effects:
    request, candidate = selected.ranked.request, selected.ranked.candidate
    customer, timers = context.scope.customer, list[Timer]()
    action_id = f"a-{context.derive_id(request.rule_id, request.position)}"
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
    if lasts := request.verb.answer_within:
        customer, timer = open_response_window(
            customer, action, context.scope.event, parse_duration(lasts)
        )
        timers.append(timer)
    if action.channel == CALL_CHANNEL:
        history = open_call(customer.contact_history, action)
        customer = customer.with_contact_history(history)
    choice = describe_selected(selected, made=action_id)
    return Effects(customer=customer, actions=(action,), timers=tuple(timers), choices=(choice,))


def _defer(
    group: Sequence[SelectedCandidate],
    until: datetime,
    reconsideration: Reconsideration,
    context: DecisionContext,
) -> Effects:
    """Decides them anew then, but for what would come too late to be relevant."""
    kept = [one for one in group if until < _expires_at(one, reconsideration)]
    late = [
        exclude_candidate(one.ranked.request, one.ranked.candidate, TOO_LATE)
        for one in group
        if one not in kept
    ]
    effects = Effects(customer=context.scope.customer, choices=tuple(describe_excluded(late)))
    if not kept:
        return effects
    retry = reconsideration.limit_to(one.ranked.request for one in kept)
    timer = build_deferral_timer(until, context, retry)
    choices = tuple(describe_selected(one, made=timer.id) for one in kept)
    return effects.followed_by(
        Effects(customer=context.scope.customer, timers=(timer,), choices=choices)
    )


def _expires_at(selected: SelectedCandidate, reconsideration: Reconsideration) -> datetime:
    return reconsideration.since + lifetime(selected.ranked.request.verb.expires)


def _list_requests_if_refused(
    selected: SelectedCandidate, all_selected: Sequence[SelectedCandidate]
) -> list[Request]:
    """What is decided anew when its capacity is used up: the same request, and those of its rivals
    if no other marketing was selected."""
    request = selected.ranked.request
    is_alone = [one for one in all_selected if one.rivals] == [selected]
    return [request, *(rival.request for rival in selected.rivals)] if is_alone else [request]
