"""`interests` and `place`: what the customer last looked at and looked for, and where they were."""

from collections.abc import Mapping

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.traits import said_by

LONGEST = 100


def looked_at(customer: Customer, event: Event) -> Customer:
    said = event.properties
    product = said.get("name") or said.get("product")
    fields = {"last_product": product, "last_category": said.get("category")}
    return _last(customer, event, "interests", fields)


def searched(customer: Customer, event: Event) -> Customer:
    fields = {"last_search": event.properties.get("query")}
    return _last(customer, event, "interests", fields)


def visited(customer: Customer, event: Event) -> Customer:
    return _last(customer, event, "place", {"last_store": event.properties.get("store")})


def _last(customer: Customer, event: Event, block: str, fields: Mapping[str, object]) -> Customer:
    texts = {
        name: text[:LONGEST] for name, text in fields.items() if text and isinstance(text, str)
    }
    return said_by(customer, event, {block: texts}) if texts else customer
