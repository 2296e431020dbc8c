"""Secrets that are sent along as they are: basic auth, API keys and write keys.

They prove who sent it and nothing about what was sent or when: for vendors that sign nothing.
Basic auth: https://www.rfc-editor.org/rfc/rfc7617
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import orjson

from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Webhook
from hub.kernel.constant_time import is_any, utf8


def basic(sent: Sent, _: Webhook, secrets: Sequence[str], __: datetime) -> str | None:
    """A secret is `user:password`; one that lacks either of them proves nothing."""
    scheme, ___, given = sent.header("authorization").partition(" ")
    expected = [b64encode(utf8(secret)) for secret in secrets if all(secret.partition(":"))]
    return "" if scheme.lower() == "basic" and is_any(expected, [given]) else None


def api_key(sent: Sent, webhook: Webhook, secrets: Sequence[str], _: datetime) -> str | None:
    expected = [utf8(webhook.prefix + secret) for secret in secrets]
    return "" if is_any(expected, [sent.header(webhook.header)]) else None


def url_key(sent: Sent, _: Webhook, secrets: Sequence[str], __: datetime) -> str | None:
    """`key` in the query of the address: for vendors who can neither sign nor set a header."""
    fields = parse_qs(urlsplit(sent.url).query)
    return "" if is_any([utf8(secret) for secret in secrets], fields.get("key", [])[:1]) else None


def write_key(sent: Sent, _: Webhook, secrets: Sequence[str], __: datetime) -> str | None:
    """The Segment API's: the user of basic auth without a password, or `writeKey` in the body.

    It stands in every visitor's browser: it says which site this is, and keeps nobody out.
    """
    scheme, ___, given = sent.header("authorization").partition(" ")
    if scheme.lower() == "basic":
        expected = [b64encode(utf8(secret + ":")) for secret in secrets]
        return "" if is_any(expected, [given]) else None
    return "" if is_any([utf8(secret) for secret in secrets], _in_body(sent.body)) else None


def _in_body(body: bytes) -> list[str]:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    key = payload.get("writeKey") if isinstance(payload, dict) else None
    return [key] if isinstance(key, str) else []
