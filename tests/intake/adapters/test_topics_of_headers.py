"""A topic in an unsigned header means what the signed body says, or it is refused."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.normalization import normalize_payload
from hub.intake.domain.signature import is_body_signed
from hub.intake.domain.source_definition import SourceDefinition
from hub.kernel.errors import Rejected
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.platform.adapters.schema_folder import find_schemas_folder
from tests.factories import NOON

FOLDER = find_schemas_folder() / "sources"
SOURCES = load_sources()


def list_sources_with_unsigned_types() -> Iterator[SourceDefinition]:
    for path in sorted(FOLDER.glob("*/source.json")):
        source = SOURCES.find(path.parent.name)
        assert source is not None
        webhook = source.webhook
        if webhook and is_body_signed(webhook.scheme) and "headers." in source.event_type:
            yield source


BY_HEADER = {source.name: source for source in list_sources_with_unsigned_types()}
TOPICS = [(name, topic) for name, source in BY_HEADER.items() for topic in source.types]


def read_samples(source: str) -> dict[str, Any]:
    return {
        path.stem: json.loads(path.read_text())
        for path in sorted((FOLDER / source / "samples").glob("*.json"))
        if not path.name.endswith(".expected.json")
    }


def read(source: SourceDefinition, payload: Any) -> Event:
    sent = InboundPayload(
        id="1", source=source.name, received_at=NOON, correlation_id="k-1", payload=payload
    )
    return normalize_payload(sent, SOURCES, lambda _: b"")


def under(source: SourceDefinition, topic: str, payload: Any) -> Any:
    assert source.webhook is not None
    return {**payload, "headers": {**payload["headers"], source.webhook.topic: topic}}


def meaning(event: Event) -> Event:
    """What an event means, whatever it calls the vendor's topic."""
    properties = {name: value for name, value in event.properties.items() if name != "reason"}
    return replace(event, properties=properties)


def test_every_source_whose_type_is_in_an_unsigned_header_names_the_header() -> None:
    assert list(BY_HEADER) == ["shopify"]
    for source in BY_HEADER.values():
        assert source.webhook is not None
        assert source.webhook.topic in source.webhook.headers
        assert f'headers."{source.webhook.topic}"' in source.event_type


@pytest.mark.parametrize(("name", "topic"), TOPICS)
def test_under_every_topic_a_sample_of_another_is_refused_or_means_the_same(
    name: str, topic: str
) -> None:
    source, accepted = BY_HEADER[name], []
    for sample, payload in read_samples(name).items():
        own = read(source, payload)
        try:
            other = read(source, under(source, topic, payload))
        except Rejected:
            continue
        accepted.append((sample, meaning(other) == meaning(own)))
    assert [sample for sample, is_same in accepted if not is_same] == []
    assert accepted


ORDER = read_samples("shopify")["orders.paid"]["body"]
CUSTOMER = read_samples("shopify")["customers.update"]["body"]
REQUEST = {
    "shop_id": 954889,
    "shop_domain": "example.myshopify.com",
    "orders_requested": [299938],
    "customer": {"id": 191167, "email": "grace@example.com", "phone": None},
    "data_request": {"id": 9999},
}
"""A body of `customers/data_request`, a topic that the hub does not map."""
OTHER_BODIES = [
    ("orders/paid", {**ORDER, "financial_status": "pending"}, "body.financial_status"),
    ("orders/paid", {**ORDER, "financial_status": "refunded"}, "body.financial_status"),
    ("orders/paid", {**ORDER, "cancelled_at": "2026-11-22T09:00:00Z"}, "body.cancelled_at"),
    ("checkouts/create", {**ORDER, "token": "a1b2"}, "body.financial_status"),
    ("customers/redact", REQUEST, "body.orders_to_redact"),
    ("customers/redact", ORDER, "body.orders_to_redact"),
    ("customers_marketing_consent/update", CUSTOMER, "body.created_at"),
]


@pytest.mark.parametrize(("topic", "body", "field"), OTHER_BODIES)
def test_a_body_of_another_topic_is_refused_with_the_field(
    topic: str, body: Any, field: str
) -> None:
    payload = {"headers": {"x-shopify-topic": topic}, "body": body}
    with pytest.raises(Rejected) as refusal:
        read(BY_HEADER["shopify"], payload)
    assert refusal.value.field == field


@pytest.mark.parametrize(("minutes", "is_new"), [(0, True), (59, True), (61, False)])
def test_a_customer_who_changed_later_did_not_sign_up_just_now(minutes: int, is_new: bool) -> None:
    updated_at = f"2026-11-20T{17 + (40 + minutes) // 60}:{(40 + minutes) % 60:02}:00Z"
    body = {**CUSTOMER, "updated_at": updated_at}
    payload = {"headers": {"x-shopify-topic": "customers/create"}, "body": body}
    if is_new:
        assert read(BY_HEADER["shopify"], payload).type == "customer.signed_up"
    else:
        with pytest.raises(Rejected, match="customers/update is the topic"):
            read(BY_HEADER["shopify"], payload)
