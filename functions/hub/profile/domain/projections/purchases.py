"""The block `purchases`: sums of sales and returns, joined with the totals of the mart."""

from hub.kernel.times import to_iso
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain import mart_totals
from hub.profile.domain.occurrences import sum_change


def add_purchase(customer: Customer, event: Event) -> Customer:
    at = to_iso(event.occurred_at)
    edges = {"first_at": at, "last_at": at}
    return mart_totals.add_live_sums(customer, sum_change(customer, event), edges)


def add_return(customer: Customer, event: Event) -> Customer:
    return mart_totals.add_live_sums(customer, sum_change(customer, event), {})
