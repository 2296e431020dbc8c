"""Events and decisions that a test makes itself, as the hub would."""

from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.decisioning.steps.decide_events import SEED
from hub.model.customer import Customer
from hub.model.episode import Episode
from hub.model.event import Event
from hub.platform.adapters import clock
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS


def make_event(event_type: str, event_id: str, customer_id: str, **given: Any) -> Event:
    now = clock.now()
    return Event(
        id=event_id,
        type=event_type,
        source="hand",
        occurred_at=now,
        received_at=now,
        correlation_id=event_id,
        customer_id=customer_id,
        **given,
    )


def decide_by_hand(event: Event, catalogue: Catalogue) -> tuple[Customer, Episode]:
    """Decides on a new customer."""
    nobody, now = Customer(customer_id=event.customer_id), clock.now()
    verdict = decide([event], nobody, catalogue, NO_SURROUNDINGS, now, SEED)
    episode = Episode(
        customer_id=event.customer_id,
        version=0,
        decided_at=now,
        catalogue=catalogue.number,
        surroundings=NO_SURROUNDINGS.name,
        seed=SEED,
        events=verdict.events,
        decisions=verdict.decisions,
    )
    return verdict.customer, episode
