"""Mailgun: the signature stands in the JSON body, over a time and a token, and not over the rest.

https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
So it proves that Mailgun spoke within the last five minutes; that nobody changed what it said is
the promise of TLS alone.
"""

from collections.abc import Sequence
from datetime import datetime

import orjson

from hub.intake.domain.signature.freshness import compute_hex_digests, is_fresh
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8

TOKEN_LENGTH = 50
"""Held to, because time and token are signed without a mark between them."""


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    if (said := _parse_signature(request.body)) is None:
        return None
    timestamp, token, signature = said
    if not is_fresh(timestamp, now) or len(token) != TOKEN_LENGTH:
        return None
    return (
        ""
        if is_any_equal(compute_hex_digests(secrets, to_utf8(timestamp + token)), [signature])
        else None
    )


def _parse_signature(body: bytes) -> tuple[str, str, str] | None:
    try:
        block = orjson.loads(body)["signature"]
        timestamp, token, signature = block["timestamp"], block["token"], block["signature"]
    except (KeyError, TypeError, ValueError):
        return None
    texts = isinstance(timestamp, str) and isinstance(token, str) and isinstance(signature, str)
    return (timestamp, token, signature) if texts else None
