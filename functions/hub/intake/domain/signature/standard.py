"""Standard Webhooks, also with the header names of Svix: several signatures, two kinds of keys.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
`whsec_` is the secret of an HMAC (`v1`), `whpk_` the public key of an ed25519 pair (`v1a`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import is_fresh, parse_exact_base64
from hub.intake.domain.signature.public_keys import is_ed25519_signature
from hub.intake.domain.signature.scheme import Scheme, Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel import standard_webhooks
from hub.kernel.constant_time import is_any_equal
from hub.kernel.standard_webhooks import build_signed_content, compute_signature, parse_key

_PUBLIC = "whpk_"
_ASYMMETRIC = "v1a,"
_FAMILIES = ("webhook", "svix")


def verify(
    request: SignedRequest, _: WebhookDefinition, secrets: Sequence[str], now: datetime
) -> str | None:
    for delivery_id, timestamp, signatures in _read_signatures(request):
        content = build_signed_content(delivery_id, timestamp, request.body)
        if is_fresh(timestamp, now) and _is_signed(content, signatures.split(" "), secrets):
            return delivery_id
    return None


def _read_signatures(request: SignedRequest) -> Iterator[tuple[str, str, str]]:
    for family in _FAMILIES:
        values = [request.header(f"{family}-{part}") for part in ("id", "timestamp", "signature")]
        if all(values):
            delivery_id, timestamp, signatures = values
            yield delivery_id, timestamp, signatures


def _is_signed(content: bytes, signatures: Sequence[str], secrets: Sequence[str]) -> bool:
    keys = [key for secret in secrets if (key := parse_key(secret)) is not None]
    if is_any_equal([compute_signature(key, content) for key in keys], signatures):
        return True
    return any(
        is_ed25519_signature(key, signature, content)
        for key in _decode_after(_PUBLIC, secrets)
        for signature in _decode_after(_ASYMMETRIC, signatures)
    )


def _decode_after(prefix: str, texts: Sequence[str]) -> list[bytes]:
    """Decodes the base64 of the texts that have the prefix."""
    decoded = (parse_exact_base64(text[len(prefix) :]) for text in texts if text.startswith(prefix))
    return [data for data in decoded if data]


def sign(request: SignedRequest, signing: Signing) -> SignedRequest:
    headers = standard_webhooks.sign(signing.secret, signing.delivery_id, signing.at, request.body)
    return request.add_headers(headers)


SCHEME = Scheme(
    "standard-webhooks",
    "HMAC or ed25519 over id, time and body; Svix's header names too",
    "`whsec_...`, or the public key `whpk_...`",
    verify,
    sign,
    covers=frozenset({"body", "id", "time"}),
)
