"""Secrets that are sent along as they are: basic auth, API keys and write keys.

They prove who sent it and nothing about what was sent or when: for vendors that sign nothing.
Basic auth: https://www.rfc-editor.org/rfc/rfc7617
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import orjson

from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8


def verify_basic_auth(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    """A secret is `user:password`; one that lacks either of them proves nothing."""
    scheme, ___, given = request.header("authorization").partition(" ")
    expected = [b64encode(to_utf8(secret)) for secret in secrets if all(secret.partition(":"))]
    return "" if scheme.lower() == "basic" and is_any_equal(expected, [given]) else None


def verify_api_key(
    request: SignedRequest, webhook: WebhookDefinition, secrets: Sequence[str], _: datetime
) -> str | None:
    expected = [to_utf8(webhook.prefix + secret) for secret in secrets]
    return "" if is_any_equal(expected, [request.header(webhook.header)]) else None


def verify_url_key(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    """`key` in the query of the address: for vendors who can neither sign nor set a header."""
    fields = parse_qs(urlsplit(request.url).query)
    return (
        ""
        if is_any_equal([to_utf8(secret) for secret in secrets], fields.get("key", [])[:1])
        else None
    )


def verify_write_key(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    """The Segment API's: the user of basic auth without a password, or `writeKey` in the body.

    It stands in every visitor's browser: it says which site this is, and keeps nobody out.
    """
    scheme, ___, given = request.header("authorization").partition(" ")
    if scheme.lower() == "basic":
        expected = [b64encode(to_utf8(secret + ":")) for secret in secrets]
        return "" if is_any_equal(expected, [given]) else None
    return (
        ""
        if is_any_equal([to_utf8(secret) for secret in secrets], _in_body(request.body))
        else None
    )


def _in_body(body: bytes) -> list[str]:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    key = payload.get("writeKey") if isinstance(payload, dict) else None
    return [key] if isinstance(key, str) else []
