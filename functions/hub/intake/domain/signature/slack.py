"""Slack: an HMAC of the time and the body.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import compute_hex_digests, is_fresh
from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8

_TIME_HEADER, _SIGNATURE_HEADER = "x-slack-request-timestamp", "x-slack-signature"


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    timestamp = request.header(_TIME_HEADER)
    if not is_fresh(timestamp, now):
        return None
    digests = compute_hex_digests(secrets, to_utf8(f"v0:{timestamp}:") + request.body)
    expected = [b"v0=" + digest for digest in digests]
    return "" if is_any_equal(expected, [request.header(_SIGNATURE_HEADER)]) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    digest = signing.digest(f"v0:{signing.seconds}:".encode() + request.body).hex()
    return request.add_headers({_TIME_HEADER: signing.seconds, _SIGNATURE_HEADER: f"v0={digest}"})


SCHEME = Scheme(
    "slack",
    "HMAC over time and body",
    "the signing secret",
    verify,
    sign,
    covers=frozenset({"body", "time"}),
)
