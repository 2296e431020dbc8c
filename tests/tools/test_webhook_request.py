"""`segue send` puts a sample into the form in which its vendor sends it."""

import json

import pytest

from hub.intake.domain.webhook_definition import WebhookDefinition
from tools.segue.entrances import read_webhook_definition
from tools.segue.webhook_request import JSON, MEDIA_TYPES, build_request


def wire(webhook: WebhookDefinition, body: bytes) -> tuple[bytes, dict[str, str]]:
    sent = build_request(webhook, body, "https://hub.example.com/", "msg_1")
    return sent.body, dict(sent.headers)


@pytest.mark.parametrize("body", [b'{"a":  1}', b"[1]", b"{", b"\xff"])
def test_a_payload_that_needs_no_change_is_sent_byte_for_byte(body: bytes) -> None:
    assert wire(WebhookDefinition("stripe"), body) == (body, {"content-type": JSON})


def test_kept_headers_become_headers_again() -> None:
    body, headers = wire(
        read_webhook_definition("shopify"),
        b'{"headers": {"x-shopify-topic": "orders/paid"}, "body": {"id": 1}}',
    )
    assert json.loads(body) == {"id": 1}
    assert headers["x-shopify-topic"] == "orders/paid"


def test_the_header_of_the_delivery_id_has_it() -> None:
    webhook = WebhookDefinition("api-key", delivery_id={"header": "x-delivery"})
    assert wire(webhook, b"{}") == (b"{}", {"content-type": JSON, "x-delivery": "msg_1"})


def test_an_object_becomes_a_form_and_a_form_stays_one() -> None:
    for given in (b'{"To": "+44 1", "Body": "a&b"}', b"To=%2B44+1&Body=a%26b"):
        assert wire(read_webhook_definition("twilio"), given) == (
            b"To=%2B44+1&Body=a%26b",
            {"content-type": MEDIA_TYPES["form"]},
        )


def test_one_event_is_sent_as_a_list_of_one() -> None:
    assert json.loads(wire(read_webhook_definition("sendgrid"), b'{"event": "open"}')[0]) == [
        {"event": "open"}
    ]
    assert (
        wire(read_webhook_definition("sendgrid"), b'[{"event": "open"}]')[0]
        == b'[{"event": "open"}]'
    )


def test_an_unknown_source_is_signed_by_standard_webhooks() -> None:
    assert (
        read_webhook_definition("nobody").scheme
        == read_webhook_definition("till").scheme
        == "standard-webhooks"
    )
