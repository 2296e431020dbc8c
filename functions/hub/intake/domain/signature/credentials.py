"""Credentials that vendors send instead of a signature: basic auth, API keys and write keys.

They prove who sent a request, but not what was in it or when. They are for vendors that cannot
sign.
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
    """Verifies basic auth. A secret is `user:password`; without either part it proves nothing."""
    scheme, _blank, credentials = request.header("authorization").partition(" ")
    expected = [b64encode(to_utf8(secret)) for secret in secrets if all(secret.partition(":"))]
    return "" if scheme.lower() == "basic" and is_any_equal(expected, [credentials]) else None


def verify_api_key(
    request: SignedRequest, webhook: WebhookDefinition, secrets: Sequence[str], _: datetime
) -> str | None:
    expected = [to_utf8(webhook.prefix + secret) for secret in secrets]
    return "" if is_any_equal(expected, [request.header(webhook.header)]) else None


def verify_url_key(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    """Verifies `key` in the URL's query, for vendors that can neither sign nor set a header."""
    fields = parse_qs(urlsplit(request.url).query)
    expected = [to_utf8(secret) for secret in secrets]
    return "" if is_any_equal(expected, fields.get("key", [])[:1]) else None


def verify_write_key(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    """Verifies a write key of the Segment API: the user of basic auth, or `writeKey` in the body.

    Every visitor's browser has the key. So it identifies the site, but it does not restrict access.
    """
    scheme, _blank, credentials = request.header("authorization").partition(" ")
    if scheme.lower() == "basic":
        expected = [b64encode(to_utf8(secret + ":")) for secret in secrets]
        return "" if is_any_equal(expected, [credentials]) else None
    expected = [to_utf8(secret) for secret in secrets]
    return "" if is_any_equal(expected, _read_write_key(request.body)) else None


def _read_write_key(body: bytes) -> list[str]:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    key = payload.get("writeKey") if isinstance(payload, dict) else None
    return [key] if isinstance(key, str) else []
