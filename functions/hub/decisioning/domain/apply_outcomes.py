"""Applies what an event says of earlier decisions to the customer.

It may say that a goal was reached, an action was sent, refused or postponed, an offer was seen or
answered, a message got a response, or something was sold. Contact history, claims, attribution and
feedback for the learner follow from it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.resume_action import resume_action
from hub.expression.domain import Scope
from hub.learning.domain.feedback import FEEDBACK_DEADLINE, Exposure, Feedback
from hub.measurement.domain.response_tracking import (
    ResponseResult,
    build_outcome_events,
    build_response_timer,
    track_response,
)
from hub.measurement.domain.sales_attribution import attribute_sale
from hub.model.action_content import WITHDRAWN_ACTION
from hub.model.attribution_entry import AttributionEntry
from hub.model.contact_history import ContactHistory
from hub.model.contact_history_entries import Impression
from hub.model.customer import Customer
from hub.model.decision import Action, Timer
from hub.model.decision_outcome import DecisionOutcome
from hub.model.event import Event
from hub.model.postponed_action import (
    POSTPONED,
    RESUMED,
    build_resume_timer,
    parse_postponed_action,
)
from hub.profile.domain.contact_history import (
    DELIVERED,
    VIEWED,
    apply_call_event,
    apply_dismissal,
    apply_impression,
    withdraw_action,
)

CLAIM_RETENTION = timedelta(days=7)
"""How long a claim is kept after its action expired, because declines may arrive late."""
SENT = (DELIVERED, "action.unknown")
NOT_SENT = ("action.declined", "action.refused")
ACCEPTED = ("offer.clicked", "offer.accepted")
DISMISSED = "offer.dismissed"


@dataclass(frozen=True, slots=True)
class AppliedOutcomes:
    """The customer with the outcomes applied, and what the decision adds.

    `emitted` are events that the customer gets next. The other lists are those of
    `hub.model.decision.Decision`."""

    customer: Customer
    returned: tuple[str, ...] = ()
    completed: tuple[str, ...] = ()
    lessons: tuple[Feedback, ...] = ()
    attributions: tuple[AttributionEntry, ...] = ()
    marks: tuple[DecisionOutcome, ...] = ()
    emitted: tuple[Event, ...] = ()
    timers: tuple[Timer, ...] = ()
    resumed: tuple[Action, ...] = ()

    def with_history(self, history: ContactHistory) -> Self:
        return replace(self, customer=self.customer.with_contact_history(history))


def apply_outcomes(scope: Scope, catalogue: Catalogue) -> AppliedOutcomes:
    """Applies the outcomes that `scope.event` has. `scope.customer` has the event applied already.

    For an erased customer only postponed actions are handled, so that they end. Raises `Rejected`
    if a postponed action cannot be read."""
    event = scope.event
    if scope.customer.erased:
        return _apply_delays(AppliedOutcomes(scope.customer), scope, catalogue)
    outcomes = _apply_goals(scope, catalogue)
    outcomes = _apply_responses_and_sales(outcomes, scope, catalogue)
    outcomes = _apply_delays(outcomes, scope, catalogue)
    if outcomes.customer.contact_history.calls:
        outcomes = outcomes.with_history(apply_call_event(outcomes.customer.contact_history, event))
    if event.type in (DELIVERED, VIEWED):
        outcomes = _apply_delivery_or_view(outcomes, event)
    elif event.type in NOT_SENT:
        action_id = str(event.properties.get("action_id", ""))
        history = outcomes.customer.contact_history
        # What was refused when it claimed has no share to return.
        had_claims = event.type == "action.declined" or event.properties.get("returns") is True
        holds_claim = had_claims and history.holds_claim(action_id)
        outcomes = outcomes.with_history(withdraw_action(history, action_id))
        outcomes = replace(outcomes, returned=(action_id,) if holds_claim else ())
    elif event.type in ACCEPTED:
        outcomes = _apply_acceptance(outcomes, event, catalogue)
    elif event.type == DISMISSED:
        outcomes = outcomes.with_history(apply_dismissal(outcomes.customer.contact_history, event))
    elif event.type.endswith(".completed") and "action_id" in event.properties:
        outcomes, released_ids = _release_claim(outcomes, str(event.properties["action_id"]))
        outcomes = replace(outcomes, completed=released_ids)
    return outcomes


def apply_repeated_sale(scope: Scope, catalogue: Catalogue) -> AppliedOutcomes:
    """Applies a sale, return or payment that came before under another event id.

    It may name a message. It reaches no goal and is no response."""
    return _apply_sale(ResponseResult(scope.customer), scope, catalogue)


def _apply_delays(outcomes: AppliedOutcomes, scope: Scope, catalogue: Catalogue) -> AppliedOutcomes:
    """Handles actions that wait for the end of quiet hours, and messages whose response is awaited
    from now on."""
    event, customer = scope.event, outcomes.customer
    if event.type in SENT:
        timer = build_response_timer(customer, event)
        return replace(outcomes, timers=(timer,) if timer else ())
    if event.type == POSTPONED:
        return replace(outcomes, timers=(build_resume_timer(event),))
    if event.type == RESUMED:
        action = parse_postponed_action(event)
        if not customer.erased:
            customer, action = resume_action(customer, action, scope, catalogue)
        return replace(outcomes, customer=customer, resumed=(action,))
    return outcomes


def _apply_goals(scope: Scope, catalogue: Catalogue) -> AppliedOutcomes:
    """Records the goals that the event reaches. They answer impressions of offers with the goal."""
    event, history = scope.event, scope.customer.contact_history
    lessons: list[Feedback] = []
    for goal in catalogue.goals_of(event.type):
        if goal.is_reached_by(scope):
            history = history.reach_goal(goal.name, event.occurred_at)
            for offer in history.showings:
                definition = catalogue.offers.get(offer)
                if definition and definition.goal and definition.goal.name == goal.name:
                    lessons += _build_answer_feedback(history.showings[offer], event)
                    history = history.end_impression(offer)
    return AppliedOutcomes(scope.customer.with_contact_history(history), lessons=tuple(lessons))


def _apply_responses_and_sales(
    outcomes: AppliedOutcomes, scope: Scope, catalogue: Catalogue
) -> AppliedOutcomes:
    """Records responses to messages, and attributes sales to the decisions that caused them."""
    event, goals = scope.event, [scope.event.type]
    if outcomes.customer.contact_history.awaiting:
        goals += [goal.name for goal in catalogue.goals_of(event.type) if goal.is_reached_by(scope)]
    response = track_response(outcomes.customer, event, goals)
    return replace(_apply_sale(response, scope, catalogue), lessons=outcomes.lessons)


def _apply_sale(response: ResponseResult, scope: Scope, catalogue: Catalogue) -> AppliedOutcomes:
    event = scope.event
    sale = attribute_sale(response.customer, event, catalogue, scope.now)
    marks = (*response.marks, *sale.marks)
    if not marks and not sale.attributions and not response.emitted:
        return AppliedOutcomes(sale.customer)
    action_ids = [mark.trace.action_id for mark in sale.marks]
    history = sale.customer.contact_history.record_responses(action_ids)
    marks_with_rules = [mark for mark in marks if catalogue.rules_for(f"decision.{mark.kind}")]
    return AppliedOutcomes(
        sale.customer.with_contact_history(history),
        attributions=tuple(sale.attributions),
        marks=marks,
        emitted=(*response.emitted, *build_outcome_events(event, marks_with_rules)),
    )


def _build_answer_feedback(impression: Impression, event: Event) -> list[Feedback]:
    """Returns no feedback if the answer came too late."""
    exposure = Exposure.from_dict(impression.exposure)
    if exposure.at <= event.occurred_at <= exposure.at + FEEDBACK_DEADLINE:
        return [Feedback(f"{impression.action_id}.answered", exposure, answered=1)]
    return []


def _apply_delivery_or_view(outcomes: AppliedOutcomes, event: Event) -> AppliedOutcomes:
    properties = event.properties
    if WITHDRAWN_ACTION in properties:
        return _apply_withdrawal(outcomes, event)
    exposure = properties.get("showing")
    action_id = str(properties.get("action_id") or properties.get("reference") or "")
    if not exposure or not action_id:
        return outcomes
    history = apply_impression(outcomes.customer.contact_history, event, action_id, exposure)
    feedback = Feedback(f"{action_id}.shown", Exposure.from_dict(exposure), shown=1)
    return replace(outcomes.with_history(history), lessons=(*outcomes.lessons, feedback))


def _apply_withdrawal(outcomes: AppliedOutcomes, event: Event) -> AppliedOutcomes:
    """A call that the call centre did not take back keeps its capacity and may be answered."""
    if event.properties.get("withdrawn") is False:
        return outcomes
    action_id = str(event.properties[WITHDRAWN_ACTION])
    outcomes, released_ids = _release_claim(outcomes, action_id)
    history = outcomes.customer.contact_history.record_responses([action_id])
    return replace(outcomes.with_history(history), returned=released_ids)


def _apply_acceptance(
    outcomes: AppliedOutcomes, event: Event, catalogue: Catalogue
) -> AppliedOutcomes:
    """A click answers an offer only if the offer has no goal."""
    offer, history = str(event.properties.get("offer", "")), outcomes.customer.contact_history
    definition = catalogue.offers.get(offer)
    if (definition and definition.goal) or offer not in history.showings:
        return outcomes
    lessons = _build_answer_feedback(history.showings[offer], event)
    outcomes = outcomes.with_history(history.end_impression(offer))
    return replace(outcomes, lessons=(*outcomes.lessons, *lessons))


def _release_claim(
    outcomes: AppliedOutcomes, action_id: str
) -> tuple[AppliedOutcomes, tuple[str, ...]]:
    """Returns the action's id too if it held a claim."""
    history = outcomes.customer.contact_history
    released_ids = (action_id,) if history.holds_claim(action_id) else ()
    return outcomes.with_history(history.release_claim(action_id)), released_ids


def release_expired_claims(customer: Customer, now: datetime) -> Customer:
    """Forgets claims that expired long ago. The capacity table gives their shares back itself."""
    history = customer.contact_history
    if not history.claims:
        return customer
    released = history.release_claims_ended_by(now - CLAIM_RETENTION)
    return customer.with_contact_history(released)
