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

from hub.intake.domain.cloud_event import cloud_events
from hub.intake.domain.segment_tracking import messages
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Webhook
from hub.kernel import form_body, json_body, xml_body
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import safe_id

MOST = 5000

_ENVELOPES: Mapping[str, Callable[[Sent, datetime], list[tuple[str, Any]]]] = {
    "cloud-event": cloud_events,
    "tracking": messages,
}
"""Bodies with a form of their own, which says what is in them and how each is called."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """`text` is the payload's JSON, as it was sent wherever nothing was added to it."""

    id: str
    payload: Any
    text: bytes


def unpack(webhook: Webhook, sent: Sent, signed_id: str, now: datetime) -> list[Parcel]:
    """The parcels in a request whose sender is known. Raises `Rejected`.

    The id is the one the scheme signs, else the one that `delivery_id` leads to, else a digest of
    what was sent: a vendor who repeats himself gives the same ids again.
    """
    if envelope := _ENVELOPES.get(webhook.body):
        return [_parcel(webhook, sent, item, given) for given, item in envelope(sent, now)]
    items = _items(webhook, sent.body)
    if not webhook.several:
        return [_parcel(webhook, sent, items[0], signed_id)]
    if len(items) > MOST:
        raise Rejected(f"holds more than {MOST} events", "body")
    return [
        _parcel(webhook, sent, item, f"{signed_id}:{place}" if signed_id else "")
        for place, item in enumerate(items)
    ]


def _items(webhook: Webhook, body: bytes) -> list[Any]:
    """An object in which `each` finds nothing is one event itself: what it is, others can tell."""
    if webhook.body == "xml":
        return xml_body.elements(webhook.element, body)
    parsed = _parsed(webhook, body)
    if not webhook.each:
        return [parsed]
    items = _found(webhook.each, parsed)
    if isinstance(parsed, dict) and not items:
        return [parsed]
    if not isinstance(items, list):
        raise Rejected(f"holds no list of events at {webhook.each}", "body")
    whole = parsed if isinstance(parsed, dict) else {}
    shared = {name: whole[name] for name in webhook.shared if name in whole}
    return [{**shared, **item} if isinstance(item, dict) else item for item in items]


def _parcel(webhook: Webhook, sent: Sent, item: Any, signed_id: str) -> Parcel:
    canonical = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    given = signed_id or _given_id(webhook, sent, item) or sha256(canonical).hexdigest()
    as_sent = webhook.body == "json" and not (webhook.headers or webhook.each)
    payload = {"headers": _kept(webhook, sent), "body": item} if webhook.headers else item
    return Parcel(safe_id(given), payload, sent.body if as_sent else orjson.dumps(payload))


def _kept(webhook: Webhook, sent: Sent) -> dict[str, str]:
    return {name: _clean(value) for name in webhook.headers if (value := sent.header(name))}


def _clean(text: str) -> str:
    """Without what has no place in UTF-8, which no header that was really sent holds."""
    return text.encode(errors="replace").decode()


def _given_id(webhook: Webhook, sent: Sent, item: Any) -> str:
    if header := webhook.delivery_id.get("header"):
        return sent.header(header)
    found = _found(webhook.delivery_id.get("body", "`null`"), item)
    return str(found) if isinstance(found, str | int) and found else ""


def _found(expression: str, payload: Any) -> Any:
    """Plain JMESPath: the functions of mappings would bring their libraries to this entrance."""
    try:
        return _compiled(expression).search(payload)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None


@cache
def _compiled(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


def _parsed(webhook: Webhook, body: bytes) -> Any:
    if webhook.body != "form":
        return json_body.parsed(body)
    try:
        return form_body.as_object(body)
    except ValueError as wrong:
        raise Rejected("is no form in UTF-8", "body") from wrong
