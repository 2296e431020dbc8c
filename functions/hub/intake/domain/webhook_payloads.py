"""The payloads of one webhook request, each with a delivery id that a repeat has too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import jmespath
import orjson
from jmespath.parser import ParsedResult

from hub.intake.domain.cloud_event import is_binary, parse_cloud_events
from hub.intake.domain.envelope_item import EnvelopeItem
from hub.intake.domain.segment_tracking import parse_messages
from hub.intake.domain.signature import is_body_signed
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel import form_body, json_body, xml_body
from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json
from hub.kernel.safe_id import to_opaque_id, to_safe_id

MOST_EVENTS = 5000

_ENVELOPES: Mapping[str, Callable[[SignedRequest, datetime], list[EnvelopeItem]]] = {
    "cloud-event": parse_cloud_events,
    "tracking": parse_messages,
}
"""The parsers of bodies that define their own events and ids."""


@dataclass(frozen=True, slots=True)
class WebhookPayload:
    """`text` is the JSON of the payload: the body itself if the hub added nothing to it.

    `id` is the hub's own, which shows nothing of the sender's `delivery_id`. With a `fault` it is
    no event, and is parked for that reason.
    """

    id: str
    delivery_id: str
    payload: Json
    text: bytes
    fault: Rejected | None = None


def read_payloads(
    webhook: WebhookDefinition, request: SignedRequest, signed_id: str, now: datetime
) -> list[WebhookPayload]:
    """Returns the payloads of a request whose sender is verified. Raises `Rejected`.

    An id is the signed one, else the one that `delivery_id` finds, else a digest of the payload and
    its topic: a repeated request has the same ids. Where the signature covers the body, no header
    that it does not cover makes an id: under another one a captured body is a repeat.
    """
    if parse_envelope := _ENVELOPES.get(webhook.body):
        _check_attributes(webhook, request)
        return [_to_payload(webhook, request, item) for item in parse_envelope(request, now)]
    items = _list_items(webhook, request.body, request.header("content-type"))
    if not webhook.has_several:
        return [_to_payload(webhook, request, EnvelopeItem(signed_id, items[0]))]
    if len(items) > MOST_EVENTS:
        raise Rejected(f"holds more than {MOST_EVENTS} events", "body")
    ids = [f"{signed_id}:{position}" if signed_id else "" for position in range(len(items))]
    return [
        _to_payload(webhook, request, EnvelopeItem.check(item_id, item))
        for item_id, item in zip(ids, items, strict=True)
    ]


def _list_items(webhook: WebhookDefinition, body: bytes, content_type: str) -> list[Json]:
    """Lists the events of a body. An object without a list at `each` is one event itself."""
    if webhook.body == "xml":
        return xml_body.parse_xml(webhook.element, body)
    parsed = _parse_body(webhook, body, content_type)
    if not webhook.each:
        return [parsed]
    items = _search(webhook.each, parsed)
    if isinstance(parsed, dict) and not items:
        return [parsed]
    if not isinstance(items, list):
        raise Rejected(f"has no list of events at {webhook.each}", "body")
    envelope = parsed if isinstance(parsed, dict) else {}
    shared = {name: envelope[name] for name in webhook.shared if name in envelope}
    return [{**shared, **item} if isinstance(item, dict) else item for item in items]


def _check_attributes(webhook: WebhookDefinition, request: SignedRequest) -> None:
    """Raises `Rejected` for attributes of a CloudEvent in headers that its signature does not
    cover."""
    if webhook.body == "cloud-event" and is_body_signed(webhook.scheme) and is_binary(request):
        raise Rejected("is a header, which the signature does not cover", "ce-specversion")


def _to_payload(
    webhook: WebhookDefinition, request: SignedRequest, item: EnvelopeItem
) -> WebhookPayload:
    payload = item.payload
    sent_id = item.id or _find_id(webhook, request, payload)
    content_digest = "" if sent_id else _digest_content(webhook, request, payload)
    is_body = webhook.body == "json" and not (webhook.headers or webhook.each)
    if webhook.headers:
        payload = {"headers": _select_headers(webhook, request), "body": payload}
    text = request.body if is_body else orjson.dumps(payload)
    return WebhookPayload(
        id=content_digest or to_opaque_id(sent_id),
        delivery_id=content_digest or to_safe_id(sent_id),
        payload=payload,
        text=text,
        fault=item.fault,
    )


def _digest_content(webhook: WebhookDefinition, request: SignedRequest, payload: Json) -> str:
    topic = _remove_surrogates(request.header(webhook.topic)) if webhook.topic else ""
    return to_opaque_id(topic + orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode())


def take_field(payload: Json, path: Sequence[str]) -> tuple[Json, Json]:
    """Returns the value at the path, and the payload without it; None and the payload itself where
    there is none."""
    name, *rest = path
    if not isinstance(payload, dict) or name not in payload:
        return None, payload
    if not rest:
        return payload[name], {key: value for key, value in payload.items() if key != name}
    value, inner = take_field(payload[name], rest)
    return (None, payload) if value is None else (value, {**payload, name: inner})


def _select_headers(webhook: WebhookDefinition, request: SignedRequest) -> dict[str, str]:
    values = {name: request.header(name) for name in webhook.headers}
    return {name: _remove_surrogates(value) for name, value in values.items() if value}


def _remove_surrogates(text: str) -> str:
    """Removes what UTF-8 cannot encode. No header that a vendor really sent has such characters."""
    return text.encode(errors="replace").decode()


def _find_id(webhook: WebhookDefinition, request: SignedRequest, item: Json) -> str:
    if header := webhook.delivery_id.get("header"):
        return "" if is_body_signed(webhook.scheme) else request.header(header)
    value = _search(webhook.delivery_id.get("body", "`null`"), item)
    return str(value) if isinstance(value, str | int) and value else ""


def _search(expression: str, payload: Json) -> Json:
    """Evaluates plain JMESPath, because the functions of mappings would add their libraries to
    `receive_webhook`."""
    try:
        return _compile(expression).search(payload)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


@cache
def _compile(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


def _parse_body(webhook: WebhookDefinition, body: bytes, content_type: str) -> Json:
    if webhook.body != "form":
        deepest = json_body.DEEPEST_ENVELOPE if webhook.each else json_body.DEEPEST_NESTING
        return json_body.parse_json(body, deepest)
    try:
        return form_body.parse_form(body, content_type)
    except ValueError as error:
        raise Rejected("is not a form in UTF-8", "body") from error
