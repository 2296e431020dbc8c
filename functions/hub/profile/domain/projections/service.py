"""The block `service`: the customer's complaints and calls."""

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.projections.counters import count_event


def count_complaint(customer: Customer, event: Event) -> Customer:
    service = count_event(customer.service, event, "complaints", "last_complaint_at")
    return customer.with_changes(service=service)


def count_call(customer: Customer, event: Event) -> Customer:
    return customer.with_changes(
        service=count_event(customer.service, event, "calls", "last_call_at")
    )
