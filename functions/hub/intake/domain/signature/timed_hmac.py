"""HMACs of the body and of the time of signing: Stripe, Slack, HubSpot.

Stripe: https://docs.stripe.com/webhooks#verify-manually
Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack
HubSpot: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
"""

from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import (
    compute_base64_digests,
    compute_hex_digests,
    is_fresh,
)
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8

_MILLISECONDS = 1000
# HubSpot decodes these characters of the URL before it signs it, and no others.
_DECODED = {
    f"%{ord(character):02X}": character
    for character in (":", "/", "?", "@", "!", "$", "'", "(", ")", "*", ",", ";")
}


def verify_stripe(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    """Verifies `t=1533204620,v1=2220...`: one time, and a `v1` for each live secret."""
    parts = [part.partition("=") for part in request.header("stripe-signature").split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not is_fresh(times[0], now):
        return None
    expected = compute_hex_digests(secrets, to_utf8(times[0]) + b"." + request.body)
    signatures = [value for name, _, value in parts if name == "v1"]
    return "" if is_any_equal(expected, signatures) else None


def verify_slack(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    timestamp = request.header("x-slack-request-timestamp")
    if not is_fresh(timestamp, now):
        return None
    digests = compute_hex_digests(secrets, to_utf8(f"v0:{timestamp}:") + request.body)
    expected = [b"v0=" + digest for digest in digests]
    return "" if is_any_equal(expected, [request.header("x-slack-signature")]) else None


def verify_hubspot(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    """Verifies version 3: method, URL, body and time in milliseconds."""
    timestamp = request.header("x-hubspot-request-timestamp")
    if not is_fresh(timestamp, now, per_second=_MILLISECONDS):
        return None
    content = build_hubspot_content(request.method, request.url, request.body, timestamp)
    expected = compute_base64_digests(secrets, content)
    return "" if is_any_equal(expected, [request.header("x-hubspot-signature-v3")]) else None


def build_hubspot_content(method: str, url: str, body: bytes, timestamp: str) -> bytes:
    for encoded, character in _DECODED.items():
        url = url.replace(encoded, character).replace(encoded.lower(), character)
    return to_utf8(method + url) + body + to_utf8(timestamp)
