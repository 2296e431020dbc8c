"""The business key of an event: what the business itself calls the thing that happened.

It is the id of an order, a line, a refund, a cancellation, a payment or a subscription. Two events
of one type with the same business key are about the same thing, even if their ids differ.
"""

from collections.abc import Mapping

from hub.kernel.digest import digest
from hub.kernel.json_types import JsonObject
from hub.model.event import Event

_KEY_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "order.cancelled": ("order",),
    "order.completed": ("order",),
    "order.refunded": ("refund",),
    "payment.received": ("payment",),
    "payment.refunded": ("payment", "refunded_so_far"),
    "subscription.ended": ("subscription",),
    "subscription.started": ("subscription",),
}


_TYPES = frozenset({*_KEY_PROPERTIES, "item.purchased", "item.returned"})


def find_business_key(event: Event) -> str:
    """Returns the digest of the event's type and business key; empty if it names none.

    A line of a sale needs `line`, and `order` or `invoice`. A line of a return needs `line`, and
    `refund` or an `invoice` that is not the order that it names.
    """
    if event.type not in _TYPES:
        return ""
    values = _list_key_values(event.type, event.properties)
    if not all(values):
        return ""
    return digest(" ".join((event.type, *values)))


def find_order_key(properties: JsonObject) -> str:
    """Returns the business key of the order that a line belongs to; empty if it names none."""
    order = read_order_id(properties)
    return digest(f"order.completed {order}") if order else ""


def read_order_id(properties: JsonObject) -> str:
    """Reads the id of the order or receipt; empty if there is none."""
    return _read_text(properties, "order") or _read_text(properties, "invoice")


def _list_key_values(event_type: str, properties: JsonObject) -> tuple[str, ...]:
    if event_type == "item.purchased":
        return read_order_id(properties), _read_text(properties, "line")
    if event_type == "item.returned":
        return _read_return_receipt(properties), _read_text(properties, "line")
    return tuple(_read_text(properties, name) for name in _KEY_PROPERTIES[event_type])


def _read_return_receipt(properties: JsonObject) -> str:
    if refund := _read_text(properties, "refund"):
        return refund
    order, invoice = _read_text(properties, "order"), _read_text(properties, "invoice")
    return invoice if order and order != invoice else ""


def _read_text(properties: JsonObject, name: str) -> str:
    value = properties.get(name)
    return str(value) if value or value == 0 else ""
