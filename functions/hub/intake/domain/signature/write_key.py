"""A write key of the Segment API: the user of basic auth, or `writeKey` in the body.

Every visitor's browser has the key. So it identifies the site, but it does not restrict access.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

import orjson

from hub.intake.domain.signature.basic_auth import add_authorization
from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], __: datetime
) -> str | None:
    scheme, _blank, credentials = request.header("authorization").partition(" ")
    if scheme.lower() == "basic":
        expected = [b64encode(to_utf8(secret + ":")) for secret in secrets]
        return "" if is_any_equal(expected, [credentials]) else None
    expected = [to_utf8(secret) for secret in secrets]
    return "" if is_any_equal(expected, _read_write_key(request.body)) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    return add_authorization(request, f"{signing.secret}:")


def _read_write_key(body: bytes) -> list[str]:
    try:
        payload = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    key = payload.get("writeKey") if isinstance(payload, dict) else None
    return [key] if isinstance(key, str) else []


SCHEME = Scheme(
    "write-key",
    "Segment's: the user of basic auth, or `writeKey` in the body",
    "the write key",
    verify,
    sign,
)
