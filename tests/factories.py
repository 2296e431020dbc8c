"""Makers of domain objects that say only what matters to a test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.apply_event import apply_event


@dataclass(frozen=True)
class QueueSettings:
    """What `consume` needs to be told."""

    dead_letters_url: str = "https://sqs.example/dead-letters"
    max_receives: int = 3


NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EVERY_CONSENT = {
    "email": {"marketing": True, "service": True},
    "call": {"marketing": True, "service": True},
}

HAPPENINGS: Mapping[str, Mapping[str, Any]] = {
    "item.purchased": {"amount": 830, "currency": "GBP"},
    "order.completed": {"amount": 1200, "currency": "EUR"},
    "item.returned": {"amount": 415, "currency": "GBP"},
    "complaint.filed": {"subject": "late"},
    "page.viewed": {},
    "action.delivered": {"channel": "email"},
    "call.completed": {"call": "1"},
    "email.opened": {},
    "email.failed": {"permanent": True},
    "message.read": {"message": "1", "channel": "whatsapp"},
    "offer.viewed": {"offer": "1", "reference": "1", "channel": "screen"},
    "product.viewed": {"name": "Mug", "category": "kitchen"},
    "search.performed": {"query": "mugs"},
    "store.visited": {"store": "014"},
}
"""Types of events that change a block, with the properties that do."""


def an_event(event_type: str = "page.viewed", event_id: str = "e-1", **given: Any) -> Event:
    """An event of customer `c-1` at noon."""
    return Event(
        **{
            "id": event_id,
            "type": event_type,
            "source": "shop",
            "occurred_at": NOON,
            "received_at": given.get("occurred_at", NOON),
            "correlation_id": f"k-{event_id}",
            "customer_id": "c-1",
            **given,
        }
    )


def a_customer(*events: Event, consent: bool = True, **given: Any) -> Customer:
    """Ann, reachable on every channel unless told otherwise, after `events`."""
    blocks: dict[str, Mapping[str, Any]] = {
        "contact": {"email": "ann@example.com", "phone": "+442071838750", "language": "en"},
        "person": {"first_name": "Ann"},
        "consent": EVERY_CONSENT if consent else {},
    }
    customer = Customer(customer_id="c-1", **{**blocks, **given})
    for event in events:
        customer = apply_event(customer, event, NOON)
    return customer


def later(**ago: float) -> datetime:
    """Noon and a bit."""
    return NOON + timedelta(**ago)
