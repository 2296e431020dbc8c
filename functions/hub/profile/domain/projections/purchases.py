"""The block `purchases`: sums of sales and returns, joined with the totals of the mart."""

from hub.kernel.times import to_iso
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain import mart_totals


def add_purchase(customer: Customer, event: Event) -> Customer:
    at, properties = to_iso(event.occurred_at), event.properties
    spent = {properties.get("currency", ""): properties.get("amount", 0)}
    sums = {"count": 1, "spent": spent, "first_at": at, "last_at": at}
    return mart_totals.add_live_sums(customer, event, sums)


def add_return(customer: Customer, event: Event) -> Customer:
    properties = event.properties
    returned = {properties.get("currency", ""): properties.get("amount", 0)}
    return mart_totals.add_live_sums(customer, event, {"returns": 1, "returned": returned})
