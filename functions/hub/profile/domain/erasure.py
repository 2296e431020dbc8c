"""Erasure: somebody asked to be forgotten. What stays is a stone with their id and nothing else, so
that whatever is still on its way to them finds nobody to send to."""

from dataclasses import replace

from hub.kernel.times import to_iso
from hub.model import postponed_action
from hub.model.customer import Customer
from hub.model.event import Event

ERASED = "customer.erased"


def erase_customer(customer: Customer, event: Event) -> Customer:
    """What was taken in last is kept by digest, so that a repeat is still one."""
    return Customer(
        customer_id=customer.customer_id,
        version=customer.version,
        erased=to_iso(event.occurred_at),
        processed=customer.processed,
    )


def anonymize_event(event: Event) -> Event:
    """An event of somebody who is forgotten, without what it says of them."""
    said = postponed_action.anonymize_properties(event)
    return replace(event, identities={}, traits={}, properties=said, context={}, extra={})
