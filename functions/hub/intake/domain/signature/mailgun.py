"""Mailgun's signature, which is in the JSON body and covers only a time and a token.

https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
It proves that Mailgun sent something within the last five minutes. Only TLS proves that nobody
changed the rest.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from hub.intake.domain.signature.freshness import compute_hex_digests, is_fresh
from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8

TOKEN_LENGTH = 50
"""Checked, because the signature covers time and token without a separator."""


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    if (parts := _parse_signature(request.body)) is None:
        return None
    timestamp, token, signature = parts
    if not is_fresh(timestamp, now) or len(token) != TOKEN_LENGTH:
        return None
    expected = compute_hex_digests(secrets, to_utf8(timestamp + token))
    return "" if is_any_equal(expected, [signature]) else None


def _parse_signature(body: bytes) -> tuple[str, str, str] | None:
    try:
        block = orjson.loads(body)["signature"]
        timestamp, token, signature = block["timestamp"], block["token"], block["signature"]
    except (KeyError, TypeError, ValueError):
        return None
    are_texts = isinstance(timestamp, str) and isinstance(token, str) and isinstance(signature, str)
    return (timestamp, token, signature) if are_texts else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    digest = signing.digest((signing.seconds + signing.nonce).encode()).hex()
    block = {"timestamp": signing.seconds, "token": signing.nonce, "signature": digest}
    payload = orjson.loads(request.body)
    if not isinstance(payload, dict):
        raise ValueError("Mailgun sends JSON objects only")  # noqa: TRY004 as promised
    return replace(request, body=orjson.dumps({**payload, "signature": block}))


SCHEME = Scheme(
    "mailgun",
    "HMAC over time and token, inside the body",
    "the webhook signing key",
    verify,
    sign,
    covers=frozenset({"time"}),
)
