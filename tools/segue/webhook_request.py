"""A payload from `samples/`, in the form in which its vendor sends it."""

import json
from typing import Any
from urllib.parse import urlencode

from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition

JSON = "application/json"
MEDIA_TYPES = {
    "cloud-event": "application/cloudevents+json",
    "form": "application/x-www-form-urlencoded",
    "xml": "text/xml",
}


def build_request(
    webhook: WebhookDefinition, body: bytes, url: str, delivery_id: str
) -> SignedRequest:
    """Build the request. A body that is not JSON is sent as it is."""
    headers = {"content-type": MEDIA_TYPES.get(webhook.body, JSON)}
    if name := webhook.delivery_id.get("header"):
        headers[name] = delivery_id
    try:
        payload = json.loads(body)
    except ValueError:
        return SignedRequest(body, headers, url=url)
    kept, rest = _split_headers(webhook, payload)
    return SignedRequest(_encode_body(webhook, rest, body, payload), {**headers, **kept}, url=url)


def _split_headers(webhook: WebhookDefinition, payload: Any) -> tuple[dict[str, str], Any]:
    """Return the headers in the payload, and the body."""
    if webhook.headers and isinstance(payload, dict) and payload.keys() == {"headers", "body"}:
        return payload["headers"], payload["body"]
    return {}, payload


def _encode_body(webhook: WebhookDefinition, rest: Any, body: bytes, payload: Any) -> bytes:
    """Return the body. It keeps the given bytes if nothing in them changes."""
    if webhook.body == "form" and isinstance(rest, dict):
        return urlencode(rest, doseq=True).encode()
    if webhook.body == "tracking" and isinstance(rest, dict) and "batch" not in rest:
        return json.dumps({"batch": [rest], "sentAt": rest.get("sentAt")}).encode()
    if webhook.each == "@" and not isinstance(rest, list):
        return json.dumps([rest]).encode()
    return body if rest is payload else json.dumps(rest).encode()
