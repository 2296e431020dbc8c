"""Stripe: an HMAC of the time and the body. https://docs.stripe.com/webhooks#verify-manually"""

from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import compute_hex_digests, is_fresh
from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import is_any_equal, to_utf8

_HEADER = "stripe-signature"


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    """Verifies `t=1533204620,v1=2220...`: one time, and a `v1` for each live secret."""
    parts = [part.partition("=") for part in request.header(_HEADER).split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not is_fresh(times[0], now):
        return None
    expected = compute_hex_digests(secrets, to_utf8(times[0]) + b"." + request.body)
    signatures = [value for name, _, value in parts if name == "v1"]
    return "" if is_any_equal(expected, signatures) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    digest = signing.digest(f"{signing.seconds}.".encode() + request.body).hex()
    return request.add_headers({_HEADER: f"t={signing.seconds},v1={digest}"})


SCHEME = Scheme(
    "stripe",
    "HMAC over time and body",
    "the signing secret",
    verify,
    sign,
    covers=frozenset({"body", "time"}),
)
