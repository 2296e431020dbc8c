"""The blocks `interests` and `place`: the last product, search and store of the customer."""

from collections.abc import Mapping

from hub.model.customer import Customer
from hub.model.event import Event
from hub.profile.domain.traits import apply_event_traits

LONGEST_TEXT = 100


def set_last_product(customer: Customer, event: Event) -> Customer:
    properties = event.properties
    product = properties.get("name") or properties.get("product")
    fields = {"last_product": product, "last_category": properties.get("category")}
    return _set_last(customer, event, "interests", fields)


def set_last_search(customer: Customer, event: Event) -> Customer:
    fields = {"last_search": event.properties.get("query")}
    return _set_last(customer, event, "interests", fields)


def set_last_store(customer: Customer, event: Event) -> Customer:
    return _set_last(customer, event, "place", {"last_store": event.properties.get("store")})


def _set_last(
    customer: Customer, event: Event, block: str, fields: Mapping[str, object]
) -> Customer:
    texts = {
        name: text[:LONGEST_TEXT] for name, text in fields.items() if text and isinstance(text, str)
    }
    return apply_event_traits(customer, event, {block: texts}) if texts else customer
