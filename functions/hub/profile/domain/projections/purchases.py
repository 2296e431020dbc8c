"""`purchases`: what was bought and brought back. Totals of the mart are joined in `mart`."""

from hub.kernel.times import iso
from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain import mart_totals


def bought(customer: Customer, event: Event) -> Customer:
    at, said = iso(event.occurred_at), event.properties
    spent = {said.get("currency", ""): said.get("amount", 0)}
    sums = {"count": 1, "spent": spent, "first_at": at, "last_at": at}
    return mart_totals.counted(customer, event, sums)


def returned(customer: Customer, event: Event) -> Customer:
    said = event.properties
    sums = {said.get("currency", ""): said.get("amount", 0)}
    return mart_totals.counted(customer, event, {"returns": 1, "returned": sums})
