"""What an event tells about earlier decisions: goals reached, messages that never went out, claims
that come back, offers shown and answered, responses, sales. It changes what is known of the
customer, and may teach.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from hub.catalogue.domain.catalogue import Catalogue
from hub.expression.domain import Scope
from hub.learning.domain.feedback import FEEDBACK_DEADLINE, Exposure, Feedback
from hub.measurement.domain.response_tracking import build_outcome_events, track_response
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
"""After its action's time is over: a decline is told late."""
NOT_SENT = ("action.declined", "action.refused")
ACCEPTED = ("offer.clicked", "offer.accepted")
DISMISSED = "offer.dismissed"


@dataclass(frozen=True, slots=True)
class AppliedOutcomes:
    """`returned` are actions whose claims come back, `completed` those of which only what was lent
    does; each lesson is learned once. `attributions` and `marks` are what earlier decisions led to;
    `emitted` is told next; `timers` bring back what was postponed, and `resumed` it is."""

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
    """What `scope.event` tells; its customer has it remembered already. Of who is forgotten only
    what waits is heard, so that it comes to its end."""
    event = scope.event
    if scope.customer.erased:
        return _apply_postponement(AppliedOutcomes(scope.customer), event)
    heard = _apply_postponement(
        _apply_responses_and_sales(_apply_goals(scope, catalogue), scope, catalogue), event
    )
    if heard.customer.contact_history.calls:
        heard = heard.with_history(apply_call_event(heard.customer.contact_history, event))
    if event.type in (DELIVERED, VIEWED):
        heard = _apply_delivery_or_view(heard, event)
    elif event.type in NOT_SENT:
        action_id = str(event.properties.get("action_id", ""))
        history = heard.customer.contact_history
        held = event.type == "action.declined" and history.holds_claim(action_id)
        heard = heard.with_history(withdraw_action(history, action_id))
        heard = replace(heard, returned=(action_id,) if held else ())
    elif event.type in ACCEPTED:
        heard = _apply_acceptance(heard, event, catalogue)
    elif event.type == DISMISSED:
        heard = heard.with_history(apply_dismissal(heard.customer.contact_history, event))
    elif event.type.endswith(".completed") and "action_id" in event.properties:
        heard, freed = _release_claim(heard, str(event.properties["action_id"]))
        heard = replace(heard, completed=freed)
    return heard


def _apply_postponement(heard: AppliedOutcomes, event: Event) -> AppliedOutcomes:
    if event.type == POSTPONED:
        return replace(heard, timers=(build_resume_timer(event),))
    if event.type == RESUMED:
        return replace(heard, resumed=(parse_postponed_action(event),))
    return heard


def _apply_goals(scope: Scope, catalogue: Catalogue) -> AppliedOutcomes:
    """Goals; and whatever was shown lately with such a goal was answered."""
    event, history = scope.event, scope.customer.contact_history
    lessons: list[Feedback] = []
    for goal in catalogue.goals_of(event.type):
        if goal.is_reached_by(scope):
            history = history.reach_goal(goal.name, event.occurred_at)
            for offer in history.showings:
                known = catalogue.offers.get(offer)
                if known and known.goal and known.goal.name == goal.name:
                    lessons += _learn_from_answer(history.showings[offer], event)
                    history = history.end_impression(offer)
    return AppliedOutcomes(scope.customer.with_contact_history(history), lessons=tuple(lessons))


def _apply_responses_and_sales(
    heard: AppliedOutcomes, scope: Scope, catalogue: Catalogue
) -> AppliedOutcomes:
    """What the event says of the decisions that it answers or is owed to."""
    event, done = scope.event, [scope.event.type]
    if heard.customer.contact_history.awaiting:
        done += [goal.name for goal in catalogue.goals_of(event.type) if goal.is_reached_by(scope)]
    response = track_response(heard.customer, event, done)
    sale = attribute_sale(response.customer, event, catalogue, scope.now)
    marks = (*response.marks, *sale.marks)
    if not marks and not sale.attributions and sale.customer is heard.customer:
        return heard
    answered = [mark.trace.action_id for mark in sale.marks]
    history = sale.customer.contact_history.record_responses(answered)
    listened = [mark for mark in marks if catalogue.rules_for(f"decision.{mark.kind}")]
    return replace(
        heard,
        customer=sale.customer.with_contact_history(history),
        attributions=tuple(sale.attributions),
        marks=marks,
        emitted=(*response.emitted, *build_outcome_events(event, listened)),
    )


def _learn_from_answer(impression: Impression, event: Event) -> list[Feedback]:
    """Nothing where the answer came too late."""
    showing = Exposure.from_dict(impression.exposure)
    late = not showing.at <= event.occurred_at <= showing.at + FEEDBACK_DEADLINE
    return [] if late else [Feedback(f"{impression.action_id}.answered", showing, answered=1)]


def _apply_delivery_or_view(heard: AppliedOutcomes, event: Event) -> AppliedOutcomes:
    said = event.properties
    if WITHDRAWN_ACTION in said:
        heard, freed = _release_claim(heard, str(said[WITHDRAWN_ACTION]))
        return replace(heard, returned=freed)
    told, action_id = said.get("showing"), str(said.get("action_id") or said.get("reference") or "")
    if not told or not action_id:
        return heard
    heard = heard.with_history(
        apply_impression(heard.customer.contact_history, event, action_id, told)
    )
    lesson = Feedback(f"{action_id}.shown", Exposure.from_dict(told), shown=1)
    return replace(heard, lessons=(*heard.lessons, lesson))


def _apply_acceptance(
    heard: AppliedOutcomes, event: Event, catalogue: Catalogue
) -> AppliedOutcomes:
    """A click is the answer to an offer that names no goal."""
    offer, history = str(event.properties.get("offer", "")), heard.customer.contact_history
    known = catalogue.offers.get(offer)
    if (known and known.goal) or offer not in history.showings:
        return heard
    lessons = _learn_from_answer(history.showings[offer], event)
    heard = heard.with_history(history.end_impression(offer))
    return replace(heard, lessons=(*heard.lessons, *lessons))


def _release_claim(
    heard: AppliedOutcomes, action_id: str
) -> tuple[AppliedOutcomes, tuple[str, ...]]:
    """Without the claim that the action held, and the action's id if it held one."""
    history = heard.customer.contact_history
    held = (action_id,) if history.holds_claim(action_id) else ()
    return heard.with_history(history.release_claim(action_id)), held


def release_expired_claims(customer: Customer, scope: Scope) -> Customer:
    """Claims that ran out are given back by whoever counts them."""
    history = customer.contact_history
    if not history.claims:
        return customer
    released = history.release_claims_ended_by(scope.now - CLAIM_RETENTION)
    return customer.with_contact_history(released)
