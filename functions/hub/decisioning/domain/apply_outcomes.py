"""What an event tells about earlier decisions: goals reached, messages that never went out, claims
that come back, offers shown and answered, responses, sales. It changes what is known of the
customer, and may teach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.open_calls import called
from hub.expression.domain import Scope
from hub.kernel.times import iso
from hub.learning.domain.feedback import LATEST, Lesson, Showing
from hub.measurement.domain.response_tracking import marked, responded
from hub.measurement.domain.sales_attribution import owed
from hub.model.attribution_entry import Attribution
from hub.model.customer import Customer
from hub.model.decision import WITHDRAWS, Action, Timer
from hub.model.decision_outcome import Mark
from hub.model.event import Event
from hub.model.postponed_action import POSTPONED, RESUMED, postponed, until_morning
from hub.profile.domain.contact_history import (
    answered,
    contacted,
    reached,
    released,
    shown,
    suppressed,
    uncontacted,
)

DISMISSED_FOR = timedelta(days=30)
CLAIMS_KEPT = timedelta(days=7)
"""After its action's time is over: a decline is told late."""
DELIVERED, VIEWED = "action.delivered", "offer.viewed"
NEVER_OUT = ("action.declined", "action.refused")
ACCEPTED = ("offer.clicked", "offer.accepted")
DISMISSED = "offer.dismissed"


@dataclass(frozen=True, slots=True)
class Heard:
    """`returned` are actions whose claims come back, `completed` those of which only what was lent
    does; each lesson is learned once. `attributions` and `marks` are what earlier decisions led to;
    `emitted` is told next; `timers` bring back what was postponed, and `resumed` it is."""

    customer: Customer
    returned: tuple[str, ...] = ()
    completed: tuple[str, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    marks: tuple[Mark, ...] = ()
    emitted: tuple[Event, ...] = ()
    timers: tuple[Timer, ...] = ()
    resumed: tuple[Action, ...] = ()


def hear(scope: Scope, catalogue: Catalogue) -> Heard:
    """What `scope.event` tells; its customer has it remembered already. Of who is forgotten only
    what waits is heard, so that it comes to its end."""
    event = scope.event
    if scope.customer.erased:
        return _put_off(Heard(scope.customer), event)
    heard = _put_off(_came_of_it(_reached(scope, catalogue), scope, catalogue), event)
    if "calls" in heard.customer.limits:
        heard = replace(heard, customer=called(heard.customer, event))
    if event.type in (DELIVERED, VIEWED):
        heard = _shown(heard, event)
    elif event.type in NEVER_OUT:
        action_id = str(event.properties.get("action_id", ""))
        customer = answered(uncontacted(heard.customer, action_id), [action_id])
        customer, freed = _freed(customer, action_id)
        had = event.type == "action.declined"
        heard = replace(heard, customer=customer, returned=freed if had else ())
    elif event.type in ACCEPTED:
        heard = _accepted(heard, event, catalogue)
    elif event.type == DISMISSED:
        offer = f"offer:{event.properties.get('offer', '')}"
        until = event.occurred_at + DISMISSED_FOR
        heard = replace(heard, customer=suppressed(heard.customer, offer, until))
    elif event.type.endswith(".completed") and "action_id" in event.properties:
        customer, freed = _freed(heard.customer, str(event.properties["action_id"]))
        heard = replace(heard, customer=customer, completed=freed)
    return heard


def _put_off(heard: Heard, event: Event) -> Heard:
    if event.type == POSTPONED:
        return replace(heard, timers=(until_morning(event),))
    if event.type == RESUMED:
        return replace(heard, resumed=(postponed(event),))
    return heard


def _reached(scope: Scope, catalogue: Catalogue) -> Heard:
    """Goals; and whatever was shown lately with such a goal was answered."""
    customer, event = scope.customer, scope.event
    lessons = []
    for goal in catalogue.goals_of(event.type):
        if goal.holds(scope):
            customer = reached(customer, goal.name, event.occurred_at)
            for offer in tuple(customer.limits.get("showings", ())):
                known = catalogue.offers.get(offer)
                if known and known.goal and known.goal.name == goal.name:
                    customer, lesson = _answered(customer, offer, event)
                    lessons += lesson
    return Heard(customer, lessons=tuple(lessons))


def _came_of_it(heard: Heard, scope: Scope, catalogue: Catalogue) -> Heard:
    """What the event says of the decisions that it answers or is owed to."""
    event, done = scope.event, [scope.event.type]
    if "awaiting" in heard.customer.limits:
        done += [goal.name for goal in catalogue.goals_of(event.type) if goal.holds(scope)]
    response = responded(heard.customer, event, done)
    sale = owed(response.customer, event, catalogue, scope.now)
    marks = (*response.marks, *sale.marks)
    if not marks and not sale.attributions and sale.customer is heard.customer:
        return heard
    customer = answered(sale.customer, [mark.trace.action_id for mark in sale.marks])
    listened = [mark for mark in marks if catalogue.rules_for(f"decision.{mark.word}")]
    return replace(
        heard,
        customer=customer,
        attributions=tuple(sale.attributions),
        marks=marks,
        emitted=(*response.emitted, *marked(event, listened)),
    )


def _answered(customer: Customer, offer: str, event: Event) -> tuple[Customer, list[Lesson]]:
    told = customer.limits["showings"][offer]
    showing = Showing.from_dict({name: value for name, value in told.items() if name != "id"})
    late = not showing.at <= event.occurred_at <= showing.at + LATEST
    lesson = [] if late else [Lesson(f"{told['id']}.answered", showing, answered=1)]
    return shown(customer, offer, None), lesson


def _shown(heard: Heard, event: Event) -> Heard:
    said = event.properties
    if WITHDRAWS in said:
        customer, freed = _freed(heard.customer, str(said[WITHDRAWS]))
        return replace(heard, customer=customer, returned=freed)
    told, action_id = said.get("showing"), str(said.get("action_id") or said.get("reference") or "")
    if not told or not action_id:
        return heard
    customer = shown(heard.customer, told["offer"], {**told, "id": action_id})
    if event.type == VIEWED:
        contact = told["channel"], str(said.get("category", "")), told["offer"], action_id
        customer = contacted(customer, event.occurred_at, contact)
    lesson = Lesson(f"{action_id}.shown", Showing.from_dict(told), shown=1)
    return replace(heard, customer=customer, lessons=(*heard.lessons, lesson))


def _accepted(heard: Heard, event: Event, catalogue: Catalogue) -> Heard:
    """A click is the answer to an offer that names no goal."""
    offer = str(event.properties.get("offer", ""))
    known = catalogue.offers.get(offer)
    if (known and known.goal) or offer not in heard.customer.limits.get("showings", {}):
        return heard
    customer, lessons = _answered(heard.customer, offer, event)
    return replace(heard, customer=customer, lessons=(*heard.lessons, *lessons))


def _freed(customer: Customer, action_id: str) -> tuple[Customer, tuple[str, ...]]:
    """The customer without the claims that the action held, and its id if it held any."""
    held = action_id in customer.limits.get("claims", {})
    return (released(customer, action_id), (action_id,)) if held else (customer, ())


def without_expired(customer: Customer, scope: Scope) -> Customer:
    """Claims that ran out are given back by whoever counts them."""
    claims: Mapping[str, str | Sequence[Any]] | None = customer.limits.get("claims")
    if not claims:
        return customer
    forgotten = iso(scope.now - CLAIMS_KEPT)
    # Episodes of before 2026-11-25 have a list that begins with the time.
    ends = {name: until if isinstance(until, str) else until[0] for name, until in claims.items()}
    for action_id in [name for name, until in ends.items() if until <= forgotten]:
        customer = released(customer, action_id)
    return customer
