"""`interests`: what the customer last looked at and looked for, as far as nobody said more."""

from hub.domain.customer import Customer
from hub.domain.event import Event
from hub.domain.traits import said_by

LONGEST = 100


def looked_at(customer: Customer, event: Event) -> Customer:
    said = event.properties
    product = said.get("name") or said.get("product")
    return _last(customer, event, last_product=product, last_category=said.get("category"))


def searched(customer: Customer, event: Event) -> Customer:
    return _last(customer, event, last_search=event.properties.get("query"))


def _last(customer: Customer, event: Event, **fields: object) -> Customer:
    texts = {
        name: text[:LONGEST] for name, text in fields.items() if text and isinstance(text, str)
    }
    return said_by(customer, event, {"interests": texts}) if texts else customer
