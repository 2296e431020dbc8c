"""What one webhook request holds: its payloads, each with an id that its repeats share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

import jmespath
import orjson
from jmespath.parser import ParsedResult

from hub.intake.domain.cloud_event import parse_cloud_events
from hub.intake.domain.segment_tracking import parse_messages
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel import form_body, json_body, xml_body
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import to_safe_id

MOST_EVENTS = 5000

_ENVELOPES: Mapping[str, Callable[[SignedRequest, datetime], list[tuple[str, Any]]]] = {
    "cloud-event": parse_cloud_events,
    "tracking": parse_messages,
}
"""Bodies with a form of their own, which says what is in them and how each is called."""


@dataclass(frozen=True, slots=True)
class WebhookPayload:
    """`text` is the payload's JSON, as it was sent wherever nothing was added to it."""

    id: str
    payload: Any
    text: bytes


def read_payloads(
    webhook: WebhookDefinition, request: SignedRequest, signed_id: str, now: datetime
) -> list[WebhookPayload]:
    """The parcels in a request whose sender is known. Raises `Rejected`.

    The id is the one the scheme signs, else the one that `delivery_id` leads to, else a digest of
    what was sent: a vendor who repeats himself gives the same ids again.
    """
    if envelope := _ENVELOPES.get(webhook.body):
        return [
            _to_payload(webhook, request, item, given) for given, item in envelope(request, now)
        ]
    items = _items(webhook, request.body)
    if not webhook.has_several:
        return [_to_payload(webhook, request, items[0], signed_id)]
    if len(items) > MOST_EVENTS:
        raise Rejected(f"holds more than {MOST_EVENTS} events", "body")
    return [
        _to_payload(webhook, request, item, f"{signed_id}:{place}" if signed_id else "")
        for place, item in enumerate(items)
    ]


def _items(webhook: WebhookDefinition, body: bytes) -> list[Any]:
    """An object in which `each` finds nothing is one event itself: what it is, others can tell."""
    if webhook.body == "xml":
        return xml_body.parse_xml(webhook.element, body)
    parsed = _parse_body(webhook, body)
    if not webhook.each:
        return [parsed]
    items = _search(webhook.each, parsed)
    if isinstance(parsed, dict) and not items:
        return [parsed]
    if not isinstance(items, list):
        raise Rejected(f"holds no list of events at {webhook.each}", "body")
    whole = parsed if isinstance(parsed, dict) else {}
    shared = {name: whole[name] for name in webhook.shared if name in whole}
    return [{**shared, **item} if isinstance(item, dict) else item for item in items]


def _to_payload(
    webhook: WebhookDefinition, sent: SignedRequest, item: Any, signed_id: str
) -> WebhookPayload:
    canonical = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    given = signed_id or _find_id(webhook, sent, item) or sha256(canonical).hexdigest()
    as_sent = webhook.body == "json" and not (webhook.headers or webhook.each)
    payload = {"headers": _select_headers(webhook, sent), "body": item} if webhook.headers else item
    return WebhookPayload(
        to_safe_id(given), payload, sent.body if as_sent else orjson.dumps(payload)
    )


def _select_headers(webhook: WebhookDefinition, sent: SignedRequest) -> dict[str, str]:
    return {name: _clean(value) for name in webhook.headers if (value := sent.header(name))}


def _clean(text: str) -> str:
    """Without what has no place in UTF-8, which no header that was really sent holds."""
    return text.encode(errors="replace").decode()


def _find_id(webhook: WebhookDefinition, sent: SignedRequest, item: Any) -> str:
    if header := webhook.delivery_id.get("header"):
        return sent.header(header)
    found = _search(webhook.delivery_id.get("body", "`null`"), item)
    return str(found) if isinstance(found, str | int) and found else ""


def _search(expression: str, payload: Any) -> Any:
    """Plain JMESPath: the functions of mappings would bring their libraries to this entrance."""
    try:
        return _compile(expression).search(payload)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


@cache
def _compile(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


def _parse_body(webhook: WebhookDefinition, body: bytes) -> Any:
    if webhook.body != "form":
        return json_body.parse_json(body)
    try:
        return form_body.parse_form(body)
    except ValueError as wrong:
        raise Rejected("is no form in UTF-8", "body") from wrong
