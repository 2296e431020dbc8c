"""Erases a customer. A tombstone with the id remains, so that late messages are dropped."""

from dataclasses import replace

from hub.kernel.times import to_iso
from hub.model import postponed_action
from hub.model.customer import Customer
from hub.model.event import Event

ERASED = "customer.erased"


def erase_customer(customer: Customer, event: Event) -> Customer:
    """Returns the tombstone. It keeps what recognises repeats: digests of events and of ids."""
    return Customer(
        customer_id=customer.customer_id,
        version=customer.version,
        erased=to_iso(event.occurred_at),
        processed=customer.processed,
        marked=customer.marked,
        repeats=customer.repeats,
    )


def anonymize_event(event: Event) -> Event:
    """The event of an erased customer without personal data."""
    properties = postponed_action.anonymize_properties(event)
    return replace(event, identities={}, traits={}, properties=properties, context={}, extra={})
