"""HMACs of the body and of the time it was signed: Stripe, Slack, HubSpot.

Stripe: https://docs.stripe.com/webhooks#verify-manually
Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack
HubSpot: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
"""

from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import base64_digests, hex_digests, is_recent
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Webhook
from hub.kernel.constant_time import is_any, utf8

_MILLISECONDS = 1000
# HubSpot signs the address with these characters of it decoded, and no others.
_DECODED = {
    f"%{ord(character):02X}": character
    for character in (":", "/", "?", "@", "!", "$", "'", "(", ")", "*", ",", ";")
}


def stripe(sent: Sent, _: Webhook, secrets: Sequence[str], now: datetime) -> str | None:
    """`t=1533204620,v1=2220...`: one time, and a `v1` for each secret that Stripe has live."""
    parts = [part.partition("=") for part in sent.header("stripe-signature").split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not is_recent(times[0], now):
        return None
    expected = hex_digests(secrets, utf8(times[0]) + b"." + sent.body)
    return "" if is_any(expected, [value for name, _, value in parts if name == "v1"]) else None


def slack(sent: Sent, _: Webhook, secrets: Sequence[str], now: datetime) -> str | None:
    timestamp = sent.header("x-slack-request-timestamp")
    if not is_recent(timestamp, now):
        return None
    digests = hex_digests(secrets, utf8(f"v0:{timestamp}:") + sent.body)
    expected = [b"v0=" + digest for digest in digests]
    return "" if is_any(expected, [sent.header("x-slack-signature")]) else None


def hubspot(sent: Sent, _: Webhook, secrets: Sequence[str], now: datetime) -> str | None:
    """Version 3: method, address, body and time, the time in milliseconds."""
    timestamp = sent.header("x-hubspot-request-timestamp")
    if not is_recent(timestamp, now, per_second=_MILLISECONDS):
        return None
    content = hubspot_content(sent.method, sent.url, sent.body, timestamp)
    expected = base64_digests(secrets, content)
    return "" if is_any(expected, [sent.header("x-hubspot-signature-v3")]) else None


def hubspot_content(method: str, url: str, body: bytes, timestamp: str) -> bytes:
    for encoded, character in _DECODED.items():
        url = url.replace(encoded, character).replace(encoded.lower(), character)
    return utf8(method + url) + body + utf8(timestamp)
