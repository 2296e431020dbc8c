"""`service`: the customer's complaints, and the calls that were had with them."""

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.projections.counters import counted


def complained(customer: Customer, event: Event) -> Customer:
    service = counted(customer.service, event, "complaints", "last_complaint_at")
    return customer.but(service=service)


def called(customer: Customer, event: Event) -> Customer:
    return customer.but(service=counted(customer.service, event, "calls", "last_call_at"))
