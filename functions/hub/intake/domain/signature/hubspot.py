"""HubSpot, version 3: an HMAC of method, address, body and time, the time in milliseconds.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import compute_base64_digests, is_fresh
from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8

_TIME_HEADER, _SIGNATURE_HEADER = "x-hubspot-request-timestamp", "x-hubspot-signature-v3"
_MILLISECONDS = 1000
# HubSpot decodes these characters of the URL before it signs it, and no others.
_DECODED = {
    f"%{ord(character):02X}": character
    for character in (":", "/", "?", "@", "!", "$", "'", "(", ")", "*", ",", ";")
}


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    timestamp = request.header(_TIME_HEADER)
    if not is_fresh(timestamp, now, per_second=_MILLISECONDS):
        return None
    expected = compute_base64_digests(secrets, _build_content(request, timestamp))
    return "" if is_any_equal(expected, [request.header(_SIGNATURE_HEADER)]) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    timestamp = f"{signing.seconds}000"
    digest = signing.digest(_build_content(request, timestamp))
    signature = b64encode(digest).decode()
    return request.add_headers({_TIME_HEADER: timestamp, _SIGNATURE_HEADER: signature})


def _build_content(request: SignedRequest, timestamp: str) -> bytes:
    url = request.url
    for encoded, character in _DECODED.items():
        url = url.replace(encoded, character).replace(encoded.lower(), character)
    return to_utf8(request.method + url) + request.body + to_utf8(timestamp)


SCHEME = Scheme(
    "hubspot",
    "HMAC over method, address, body and time (version 3)",
    "the app's client secret",
    verify,
    sign,
    covers=frozenset({"address", "body", "time"}),
)
