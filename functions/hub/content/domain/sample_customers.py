"""Invented customers and events to try templates on."""

from collections.abc import Mapping

from hub.expression.domain.field_types import Field, FieldKind, FieldTypes
from hub.kernel.json_types import Json, JsonObject
from hub.model.channels import CHANNELS
from hub.model.customer import Customer

_SAMPLE_TIME = "2026-11-22T09:30:00.000Z"
_CONSENT = {name: dict.fromkeys(channel.purposes, True) for name, channel in CHANNELS.items()}
_CONTACT = {"email": "alexandra@example.com", "phone": "+442071838750"}
_FULL_BLOCKS: Mapping[str, JsonObject] = {
    "contact": {**_CONTACT, "preferred_channels": ["email"]},
    "person": {
        "title": "Dr",
        "first_name": "Alexandra",
        "last_name": "Featherstone",
        "birthday": "1984-02-29",
        "anniversary": "2010-06-12",
    },
    "place": {
        "country": "GB",
        "city": "London",
        "postcode": "N1 9GU",
        "time_zone": "Europe/London",
    },
    "loyalty": {"number": "123456789", "tier": "gold", "since": "2019-03-01"},
    "purchases": {
        "count": 12,
        "spent": {"EUR": 123450, "GBP": 123450, "USD": 123450},
        "returns": 1,
        "returned": {"EUR": 1999, "GBP": 1999, "USD": 1999},
        "first_at": "2019-03-02T10:00:00.000Z",
        "last_at": _SAMPLE_TIME,
    },
    "service": {"complaints": 1, "last_complaint_at": _SAMPLE_TIME},
}
_BY_NAME = {
    "currency": "EUR",
    "url": "https://shop.example.com/basket",
    "image": "https://shop.example.com/image.png",
    "email": _CONTACT["email"],
    "phone": _CONTACT["phone"],
}
_BY_KIND: Mapping[FieldKind, Json] = {
    FieldKind.NUMBER: 1999,
    FieldKind.FLAG: True,
    FieldKind.MOMENT: _SAMPLE_TIME,
    FieldKind.LIST: [],
    FieldKind.CURRENCY: "EUR",
}


def build_full_customer(language: str) -> Customer:
    """Builds a customer with a value in every field that templates commonly read."""
    contact = {**_FULL_BLOCKS["contact"], "language": language}
    return Customer.from_dict(
        {**_FULL_BLOCKS, "customer_id": "c-sample", "contact": contact, "consent": _CONSENT}
    )


def build_minimal_customer(language: str) -> Customer:
    """Builds a customer with nothing but addresses and consent."""
    contact = {**_CONTACT, "language": language}
    return Customer(customer_id="c-sample", contact=contact, consent=_CONSENT)


EMPTY_EVENT = {"id": "e-sample", "type": "sample", "occurred_at": _SAMPLE_TIME, "properties": {}}


def build_sample_event(fields: FieldTypes) -> dict[str, Json]:
    """Builds an event with the declared properties of all event types."""
    properties = {
        name: _sample_value(name, member)
        for event in fields.events.values()
        for name, member in event.members.items()
    }
    return {**EMPTY_EVENT, "properties": properties}


def _sample_value(name: str, member: Field) -> Json:
    if name in _BY_NAME:
        return _BY_NAME[name]
    if member.kind is FieldKind.BLOCK:
        return {inner: _sample_value(inner, field) for inner, field in member.members.items()}
    return member.values[0] if member.values else _BY_KIND.get(member.kind, name)
