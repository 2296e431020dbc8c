"""What one webhook request holds: payloads in the form of their schemas, ids that repeats share."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata

from hub.intake.domain.signature import SCHEMES
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.intake.domain.webhook_payloads import MOST_EVENTS, WebhookPayload, read_payloads
from hub.kernel import form_body
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import LONGEST_ID
from tests.factories import NOON

EVENTS = WebhookDefinition("sendgrid", each="@", delivery_id={"body": "sg_event_id"})


def only(webhook: WebhookDefinition, body: bytes, **headers: str) -> WebhookPayload:
    [parcel] = read_payloads(webhook, SignedRequest(body, headers), "", NOON)
    return parcel


def ids(webhook: WebhookDefinition, payload: Any, signed_id: str = "") -> list[str]:
    return [
        p.delivery_id
        for p in read_payloads(
            webhook, SignedRequest(json.dumps(payload).encode(), {}), signed_id, NOON
        )
    ]


def test_the_id_is_the_one_that_was_signed_whatever_else_is_said() -> None:
    webhook = WebhookDefinition("standard-webhooks", delivery_id={"body": "id"})
    assert ids(webhook, {"id": "evt_1"}, "msg_1") == ["msg_1"]


def test_the_id_is_where_the_vendor_puts_it() -> None:
    by_header = WebhookDefinition("api-key", delivery_id={"header": "X-Delivery-Id"})
    assert only(by_header, b"{}", **{"x-delivery-id": "b54557e4"}).delivery_id == "b54557e4"
    assert ids(WebhookDefinition("stripe", delivery_id={"body": "id"}), {"id": "evt_1"}) == [
        "evt_1"
    ]
    assert ids(WebhookDefinition("stripe", delivery_id={"body": "id"}), {"id": 7}) == ["7"]


SHOPIFY = WebhookDefinition(
    "shopify",
    headers=("x-shopify-topic", "x-shopify-shop-domain"),
    topic="x-shopify-topic",
    delivery_id={"header": "x-shopify-webhook-id"},
)


def from_shopify(body: bytes, topic: str, webhook_id: str, shop: str = "a") -> str:
    headers = {
        "x-shopify-topic": topic,
        "x-shopify-webhook-id": webhook_id,
        "x-shopify-shop-domain": shop,
    }
    return only(SHOPIFY, body, **headers).id


def test_a_signed_body_under_another_unsigned_id_or_shop_is_a_repeat() -> None:
    sent = from_shopify(b'{"id": 1}', "orders/paid", "b54557e4")
    assert from_shopify(b'{"id": 1}', "orders/paid", "b54557e4") == sent
    assert from_shopify(b'{"id": 1}', "orders/paid", "another") == sent
    assert from_shopify(b'{"id": 1}', "orders/paid", "", "another") == sent


def test_another_body_or_the_same_under_another_topic_is_another_event() -> None:
    """`orders/create` and `orders/paid` of an order that is paid at once have the same body."""
    sent = from_shopify(b'{"id": 1}', "orders/paid", "b54557e4")
    assert from_shopify(b'{"id": 2}', "orders/paid", "b54557e4") != sent
    assert from_shopify(b'{"id": 1}', "orders/create", "b54557e4") != sent


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_no_header_makes_an_id_where_the_signature_covers_the_body(scheme: str) -> None:
    webhook = WebhookDefinition(scheme, delivery_id={"header": "x-id"})
    one, other = (only(webhook, b"{}", **{"x-id": name}).id for name in ("1", "2"))
    assert (one == other) == ("body" in SCHEMES[scheme].covers)


def test_attributes_of_a_cloud_event_in_headers_need_no_signature_of_the_body() -> None:
    attributes = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/a", "ce-type": "t"}
    sent = SignedRequest(b"{}", {**attributes, "content-type": "application/json"})
    by_key = WebhookDefinition("api-key", body="cloud-event")
    assert len(read_payloads(by_key, sent, "", NOON)) == 1
    with pytest.raises(Rejected, match="is a header, which the signature does not cover"):
        read_payloads(WebhookDefinition("hmac", body="cloud-event"), sent, "", NOON)
    in_body = SignedRequest(
        json.dumps(
            {name.removeprefix("ce-"): value for name, value in attributes.items()}
        ).encode(),
        {"content-type": "application/cloudevents+json", "ce-specversion": "1.0"},
    )
    assert len(read_payloads(WebhookDefinition("hmac", body="cloud-event"), in_body, "", NOON)) == 1


@given(st.text(max_size=100))
def test_an_id_of_the_hub_shows_nothing_of_the_vendors(delivery_id: str) -> None:
    webhook = WebhookDefinition("stripe", delivery_id={"body": "id"})
    body = orjson.dumps({"id": delivery_id.encode(errors="replace").decode()})
    parcel = only(webhook, body)
    assert re.fullmatch(r"sha256-[0-9a-f]{40}", parcel.id)
    assert parcel.id == only(webhook, body).id


@pytest.mark.parametrize("missing", [{}, {"id": None}, {"id": ""}, {"id": ["x"]}, [], None, "x"])
def test_without_an_id_it_is_a_digest_that_tells_one_body_from_another(missing: Any) -> None:
    webhook = WebhookDefinition("stripe", delivery_id={"body": "join(':', [id])"})
    [found] = ids(webhook, missing)
    assert [found] == ids(webhook, missing)
    assert len(found) <= LONGEST_ID
    assert [found] != ids(webhook, {"id": None, "other": 1})


def test_the_digest_is_of_what_a_body_says_not_of_how_it_is_written() -> None:
    plain = WebhookDefinition("basic")
    assert only(plain, b'{"a":1,"b":2}').id == only(plain, b'{ "b": 2, "a": 1 }').id
    assert only(plain, b"[1]").id != only(plain, b"[1.0]").id


def test_a_body_that_holds_several_events_is_as_many_parcels() -> None:
    events = [{"sg_event_id": "a"}, {"sg_event_id": "b"}, {"email": "x"}]
    parcels = read_payloads(EVENTS, SignedRequest(json.dumps(events).encode(), {}), "", NOON)
    assert [parcel.payload for parcel in parcels] == events
    assert [parcel.text for parcel in parcels] == [orjson.dumps(event) for event in events]
    assert [parcel.delivery_id for parcel in parcels[:2]] == ["a", "b"]
    assert parcels[2].id == parcels[2].delivery_id


def test_several_events_under_one_signed_id_are_told_apart_by_their_place() -> None:
    webhook = WebhookDefinition("standard-webhooks", each="events")
    assert ids(webhook, {"events": [1, 2]}, "msg_1") == ["msg_1:0", "msg_1:1"]


@pytest.mark.parametrize("payload", [{}, {"events": []}, {"events": {}}, {"other": 1}])
def test_a_body_in_which_no_event_is_found_is_one_itself(payload: Any) -> None:
    webhook = WebhookDefinition("standard-webhooks", each="events")
    [parcel] = read_payloads(
        webhook, SignedRequest(json.dumps(payload).encode(), {}), "msg_1", NOON
    )
    assert (parcel.delivery_id, parcel.payload) == ("msg_1:0", payload)


@pytest.mark.parametrize("payload", [None, "x", 3, {"events": "abc"}])
def test_a_body_without_the_list_is_refused(payload: Any) -> None:
    with pytest.raises(Rejected, match="no list of events at events"):
        ids(WebhookDefinition("basic", each="events"), payload)


def test_more_events_than_can_be_enqueued_in_time_are_refused() -> None:
    assert len(ids(EVENTS, [{}] * MOST_EVENTS)) == MOST_EVENTS
    with pytest.raises(Rejected, match=f"more than {MOST_EVENTS} events"):
        ids(EVENTS, [{}] * (MOST_EVENTS + 1))


def test_kept_headers_stand_beside_the_body() -> None:
    webhook = WebhookDefinition("shopify", headers=("x-shopify-topic", "x-absent"))
    parcel = only(webhook, b'{"id":1}', **{"X-Shopify-Topic": "orders/paid", "Cookie": "secret"})
    assert parcel.payload == {"headers": {"x-shopify-topic": "orders/paid"}, "body": {"id": 1}}
    assert orjson.loads(parcel.text) == parcel.payload
    assert only(webhook, b"1", **{"x-shopify-topic": "\ud800"}).payload["headers"] == {
        "x-shopify-topic": "?"
    }


def test_a_multipart_form_is_the_same_payload() -> None:
    webhook = WebhookDefinition("twilio", body="form", delivery_id={"body": "Sid"})
    fields = [("Sid", "SM1"), ("Body", "Hällo"), ("Tag", "a"), ("Tag", "b")]
    body, content_type = encode_multipart_formdata(fields)
    multipart = only(webhook, body, **{"content-type": content_type})
    assert multipart == only(webhook, urlencode(fields).encode())
    assert multipart.payload == {"Sid": "SM1", "Body": "Hällo", "Tag": ["a", "b"]}


def test_a_form_is_an_object_of_texts() -> None:
    webhook = WebhookDefinition("twilio", body="form", delivery_id={"body": "Sid"})
    parcel = only(webhook, b"Sid=SM1&Body=a+%26+b&Media=1&Media=2&Empty=")
    assert parcel.payload == {"Sid": "SM1", "Body": "a & b", "Media": ["1", "2"], "Empty": ""}
    assert (parcel.delivery_id, orjson.loads(parcel.text)) == ("SM1", parcel.payload)


@pytest.mark.parametrize(
    "body", [b"{}", b"\xff=1", b"a=%ff", b"a", b"a=1&&b=2", b"&".join([b"a=1"] * 1001)]
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected, match="not a form in UTF-8"):
        only(WebhookDefinition("twilio", body="form"), body)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=9))
def test_a_form_is_read_as_it_was_written(fields: list[tuple[str, str]]) -> None:
    encodable = [(n, v) for n, v in fields if (n + v).isprintable()]
    assert form_body.parse_fields(urlencode(encodable).encode()) == encodable


@given(
    st.binary(max_size=80)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("aid") | st.text(), inner),
    ).map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["json", "form"]),
    st.sampled_from(["", "@", "a", "a[].i", "keys(@)", "[0]"]),
    st.sampled_from([{}, {"header": "x-id"}, {"body": "id"}, {"body": "join(':', [a, id])"}]),
    st.text(st.characters(codec=None), max_size=9),
)
def test_any_body_is_parcels_or_a_rejection(
    body: bytes, kind: str, each: str, delivery_id: dict[str, str], header: str
) -> None:
    webhook = WebhookDefinition(
        "x", body=kind, each=each, delivery_id=delivery_id, headers=("x-id",)
    )
    try:
        parcels = read_payloads(webhook, SignedRequest(body, {"x-id": header}), "", NOON)
    except Rejected:
        return
    for parcel in parcels:
        assert orjson.loads(parcel.text) == parcel.payload
        assert 0 < len(parcel.id) <= LONGEST_ID


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_an_event_of_a_list_that_is_nested_too_deep_costs_no_other(deep: list[bool]) -> None:
    nested = json.loads("[" * 40 + "]" * 40)
    events = [{"sg_event_id": f"e-{n}", "x": nested if d else n} for n, d in enumerate(deep)]
    request = SignedRequest(json.dumps(events).encode(), {})
    payloads = read_payloads(EVENTS, request, "", NOON)
    assert [payload.fault is not None for payload in payloads] == deep
    for payload, event in zip(payloads, events, strict=True):
        assert payload.payload == (json_text(event) if payload.fault else event)


def json_text(event: Any) -> str:
    return orjson.dumps(event).decode()
