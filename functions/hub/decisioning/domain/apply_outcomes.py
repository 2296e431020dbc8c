"""What an event tells about earlier decisions: goals reached, messages that never went out, claims
that come back, offers shown and answered, responses, sales. It changes what is known of the
customer, and may teach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.open_calls import update_call
from hub.expression.domain import Scope
from hub.kernel.times import to_iso
from hub.learning.domain.feedback import FEEDBACK_DEADLINE, Exposure, Feedback
from hub.measurement.domain.response_tracking import build_outcome_events, track_response
from hub.measurement.domain.sales_attribution import attribute_sale
from hub.model.attribution_entry import AttributionEntry
from hub.model.customer import Customer
from hub.model.decision import WITHDRAWN_ACTION, Action, Timer
from hub.model.decision_outcome import DecisionOutcome
from hub.model.event import Event
from hub.model.postponed_action import (
    POSTPONED,
    RESUMED,
    build_resume_timer,
    parse_postponed_action,
)
from hub.profile.domain.contact_history import (
    add_contact,
    add_suppression,
    end_awaited_responses,
    record_goal,
    remove_claim,
    remove_contact,
    set_last_exposure,
)

DISMISSED_FOR = timedelta(days=30)
CLAIM_RETENTION = timedelta(days=7)
"""After its action's time is over: a decline is told late."""
DELIVERED, VIEWED = "action.delivered", "offer.viewed"
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


def apply_outcomes(scope: Scope, catalogue: Catalogue) -> AppliedOutcomes:
    """What `scope.event` tells; its customer has it remembered already. Of who is forgotten only
    what waits is heard, so that it comes to its end."""
    event = scope.event
    if scope.customer.erased:
        return _apply_postponement(AppliedOutcomes(scope.customer), event)
    heard = _apply_postponement(
        _apply_responses_and_sales(_apply_goals(scope, catalogue), scope, catalogue), event
    )
    if "calls" in heard.customer.limits:
        heard = replace(heard, customer=update_call(heard.customer, event))
    if event.type in (DELIVERED, VIEWED):
        heard = _apply_delivery_or_view(heard, event)
    elif event.type in NOT_SENT:
        action_id = str(event.properties.get("action_id", ""))
        customer = end_awaited_responses(remove_contact(heard.customer, action_id), [action_id])
        customer, freed = _release_claims(customer, action_id)
        had = event.type == "action.declined"
        heard = replace(heard, customer=customer, returned=freed if had else ())
    elif event.type in ACCEPTED:
        heard = _apply_acceptance(heard, event, catalogue)
    elif event.type == DISMISSED:
        offer = f"offer:{event.properties.get('offer', '')}"
        until = event.occurred_at + DISMISSED_FOR
        heard = replace(heard, customer=add_suppression(heard.customer, offer, until))
    elif event.type.endswith(".completed") and "action_id" in event.properties:
        customer, freed = _release_claims(heard.customer, str(event.properties["action_id"]))
        heard = replace(heard, customer=customer, completed=freed)
    return heard


def _apply_postponement(heard: AppliedOutcomes, event: Event) -> AppliedOutcomes:
    if event.type == POSTPONED:
        return replace(heard, timers=(build_resume_timer(event),))
    if event.type == RESUMED:
        return replace(heard, resumed=(parse_postponed_action(event),))
    return heard


def _apply_goals(scope: Scope, catalogue: Catalogue) -> AppliedOutcomes:
    """Goals; and whatever was shown lately with such a goal was answered."""
    customer, event = scope.customer, scope.event
    lessons = []
    for goal in catalogue.goals_of(event.type):
        if goal.is_reached_by(scope):
            customer = record_goal(customer, goal.name, event.occurred_at)
            for offer in tuple(customer.limits.get("showings", ())):
                known = catalogue.offers.get(offer)
                if known and known.goal and known.goal.name == goal.name:
                    customer, lesson = _record_answer(customer, offer, event)
                    lessons += lesson
    return AppliedOutcomes(customer, lessons=tuple(lessons))


def _apply_responses_and_sales(
    heard: AppliedOutcomes, scope: Scope, catalogue: Catalogue
) -> AppliedOutcomes:
    """What the event says of the decisions that it answers or is owed to."""
    event, done = scope.event, [scope.event.type]
    if "awaiting" in heard.customer.limits:
        done += [goal.name for goal in catalogue.goals_of(event.type) if goal.is_reached_by(scope)]
    response = track_response(heard.customer, event, done)
    sale = attribute_sale(response.customer, event, catalogue, scope.now)
    marks = (*response.marks, *sale.marks)
    if not marks and not sale.attributions and sale.customer is heard.customer:
        return heard
    customer = end_awaited_responses(sale.customer, [mark.trace.action_id for mark in sale.marks])
    listened = [mark for mark in marks if catalogue.rules_for(f"decision.{mark.kind}")]
    return replace(
        heard,
        customer=customer,
        attributions=tuple(sale.attributions),
        marks=marks,
        emitted=(*response.emitted, *build_outcome_events(event, listened)),
    )


def _record_answer(customer: Customer, offer: str, event: Event) -> tuple[Customer, list[Feedback]]:
    told = customer.limits["showings"][offer]
    showing = Exposure.from_dict({name: value for name, value in told.items() if name != "id"})
    late = not showing.at <= event.occurred_at <= showing.at + FEEDBACK_DEADLINE
    lesson = [] if late else [Feedback(f"{told['id']}.answered", showing, answered=1)]
    return set_last_exposure(customer, offer, None), lesson


def _apply_delivery_or_view(heard: AppliedOutcomes, event: Event) -> AppliedOutcomes:
    said = event.properties
    if WITHDRAWN_ACTION in said:
        customer, freed = _release_claims(heard.customer, str(said[WITHDRAWN_ACTION]))
        return replace(heard, customer=customer, returned=freed)
    told, action_id = said.get("showing"), str(said.get("action_id") or said.get("reference") or "")
    if not told or not action_id:
        return heard
    customer = set_last_exposure(heard.customer, told["offer"], {**told, "id": action_id})
    if event.type == VIEWED:
        contact = told["channel"], str(said.get("category", "")), told["offer"], action_id
        customer = add_contact(customer, event.occurred_at, contact)
    lesson = Feedback(f"{action_id}.shown", Exposure.from_dict(told), shown=1)
    return replace(heard, customer=customer, lessons=(*heard.lessons, lesson))


def _apply_acceptance(
    heard: AppliedOutcomes, event: Event, catalogue: Catalogue
) -> AppliedOutcomes:
    """A click is the answer to an offer that names no goal."""
    offer = str(event.properties.get("offer", ""))
    known = catalogue.offers.get(offer)
    if (known and known.goal) or offer not in heard.customer.limits.get("showings", {}):
        return heard
    customer, lessons = _record_answer(heard.customer, offer, event)
    return replace(heard, customer=customer, lessons=(*heard.lessons, *lessons))


def _release_claims(customer: Customer, action_id: str) -> tuple[Customer, tuple[str, ...]]:
    """The customer without the claims that the action held, and its id if it held any."""
    held = action_id in customer.limits.get("claims", {})
    return (remove_claim(customer, action_id), (action_id,)) if held else (customer, ())


def release_expired_claims(customer: Customer, scope: Scope) -> Customer:
    """Claims that ran out are given back by whoever counts them."""
    claims: Mapping[str, str | Sequence[Any]] | None = customer.limits.get("claims")
    if not claims:
        return customer
    forgotten = to_iso(scope.now - CLAIM_RETENTION)
    # Episodes of before 2026-11-25 have a list that begins with the time.
    ends = {name: until if isinstance(until, str) else until[0] for name, until in claims.items()}
    for action_id in [name for name, until in ends.items() if until <= forgotten]:
        customer = remove_claim(customer, action_id)
    return customer
