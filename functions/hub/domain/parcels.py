"""What one webhook request holds: its payloads, each with an id that its repeats share."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import jmespath
import orjson
from jmespath.parser import ParsedResult

from hub.domain import form
from hub.domain.errors import Rejected
from hub.domain.safe_id import safe_id
from hub.domain.signature.sent import Sent
from hub.domain.webhook import Webhook

DEEPEST = 32
MOST = 5000


@dataclass(frozen=True, slots=True)
class Parcel:
    """`text` is the payload's JSON, as it was sent wherever nothing was added to it."""

    id: str
    payload: Any
    text: bytes


def unpack(webhook: Webhook, sent: Sent, signed_id: str) -> list[Parcel]:
    """The parcels in a request whose sender is known. Raises `Rejected`.

    The id is the one the scheme signs, else the one that `delivery_id` leads to, else a digest of
    what was sent: a vendor who repeats himself gives the same ids again.
    """
    body = _parsed(webhook, sent.body)
    if not webhook.each:
        return [_parcel(webhook, sent, body, signed_id)]
    return [
        _parcel(webhook, sent, item, f"{signed_id}:{place}" if signed_id else "")
        for place, item in enumerate(_items(webhook, body))
    ]


def _items(webhook: Webhook, body: Any) -> list[Any]:
    items = _found(webhook.each, body)
    if not isinstance(items, list):
        raise Rejected(f"holds no list of events at {webhook.each}", "body")
    if len(items) > MOST:
        raise Rejected(f"holds more than {MOST} events", "body")
    return items


def _parcel(webhook: Webhook, sent: Sent, item: Any, signed_id: str) -> Parcel:
    canonical = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    given = signed_id or _given_id(webhook, sent, item) or sha256(canonical).hexdigest()
    as_sent = not (webhook.headers or webhook.each or webhook.body == "form")
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
    if webhook.body == "form":
        try:
            return form.as_object(body)
        except ValueError as wrong:
            raise Rejected("is no form in UTF-8", "body") from wrong
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise Rejected(f"is not JSON: {wrong.msg} at position {wrong.pos}", "body") from wrong
    if any(depth > DEEPEST for depth in _depths(payload)):
        raise Rejected(f"is nested more than {DEEPEST} deep", "body")
    return payload


def _depths(payload: Any) -> Iterator[int]:
    """1, 2, 3 ... for as many levels as there are."""
    level, depth = _containers([payload]), 0
    while level:
        depth += 1
        yield depth
        level = [deeper for outer in level for deeper in _containers(outer)]


def _containers(outer: Any) -> list[Any]:
    values = outer.values() if isinstance(outer, dict) else outer
    return [inner for inner in values if isinstance(inner, dict | list)]
