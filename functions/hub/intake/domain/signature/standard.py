"""Standard Webhooks, also by the header names of Svix: several signatures, two kinds of keys.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
`whsec_` is the secret of an HMAC (`v1`), `whpk_` the public key of an ed25519 pair (`v1a`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from hub.intake.domain.signature.freshness import exact_base64, is_recent
from hub.intake.domain.signature.public_keys import is_ed25519
from hub.intake.domain.signed_request import Sent
from hub.intake.domain.webhook_definition import Webhook
from hub.kernel.constant_time import is_any
from hub.kernel.standard_webhooks import content, key_in, signature

_PUBLIC = "whpk_"
_ASYMMETRIC = "v1a,"
_FAMILIES = ("webhook", "svix")


def proof(sent: Sent, _: Webhook, secrets: Sequence[str], now: datetime) -> str | None:
    for delivery_id, timestamp, signatures in _signed(sent):
        signed = content(delivery_id, timestamp, sent.body)
        if is_recent(timestamp, now) and _is_signed(signed, signatures.split(" "), secrets):
            return delivery_id
    return None


def _signed(sent: Sent) -> Iterator[tuple[str, str, str]]:
    for family in _FAMILIES:
        found = [sent.header(f"{family}-{part}") for part in ("id", "timestamp", "signature")]
        if all(found):
            delivery_id, timestamp, signatures = found
            yield delivery_id, timestamp, signatures


def _is_signed(signed: bytes, given: Sequence[str], secrets: Sequence[str]) -> bool:
    keys = [key for secret in secrets if (key := key_in(secret)) is not None]
    if is_any([signature(key, signed) for key in keys], given):
        return True
    pairs = [exact_base64(s.removeprefix(_ASYMMETRIC)) for s in given if s.startswith(_ASYMMETRIC)]
    public = [exact_base64(s.removeprefix(_PUBLIC)) for s in secrets if s.startswith(_PUBLIC)]
    return any(is_ed25519(key, s, signed) for key in public if key for s in pairs if s)
