"""SendGrid's signature: ECDSA over time and body. The secret is SendGrid's public key.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import is_fresh, parse_exact_base64
from hub.intake.domain.signature.public_keys import is_p256_signature, sign_p256
from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.constant_time import to_utf8

SIGNATURE_HEADER = "x-twilio-email-event-webhook-signature"
TIMESTAMP_HEADER = "x-twilio-email-event-webhook-timestamp"


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    timestamp = request.header(TIMESTAMP_HEADER)
    signature = parse_exact_base64(request.header(SIGNATURE_HEADER))
    if not signature or not is_fresh(timestamp, now):
        return None
    keys = [key for secret in secrets if (key := parse_exact_base64(secret))]
    content = to_utf8(timestamp) + request.body
    return "" if any(is_p256_signature(key, signature, content) for key in keys) else None


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    """The secret that the sender keeps is the private key of the pair."""
    key = parse_exact_base64(signing.secret)
    if key is None:
        raise ValueError("no key in base64")
    signature = sign_p256(key, signing.seconds.encode() + request.body)
    return request.add_headers(
        {TIMESTAMP_HEADER: signing.seconds, SIGNATURE_HEADER: b64encode(signature).decode()}
    )


SCHEME = Scheme(
    "sendgrid",
    "ECDSA over time and body",
    "the public key, as SendGrid shows it",
    verify,
    sign,
    covers=frozenset({"body", "time"}),
)
