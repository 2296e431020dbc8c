"""Standard Webhooks, also by the header names of Svix: several signatures, two kinds of keys.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
`whsec_` is the secret of an HMAC (`v1`), `whpk_` the public key of an ed25519 pair (`v1a`).
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime

from hub.domain.sent import Sent
from hub.domain.signature.comparing import exact_base64, is_any, is_recent, utf8
from hub.domain.signature.public_keys import is_ed25519
from hub.domain.webhook import Webhook

MIN_KEY_BYTES = 24

_SECRET, _PUBLIC = "whsec_", "whpk_"
_ASYMMETRIC = "v1a,"
_FAMILIES = ("webhook", "svix")


def proof(sent: Sent, _: Webhook, secrets: Sequence[str], now: datetime) -> str | None:
    for delivery_id, timestamp, signatures in _signed(sent):
        content = _content(delivery_id, timestamp, sent.body)
        if is_recent(timestamp, now) and _is_signed(content, signatures.split(" "), secrets):
            return delivery_id
    return None


def sign(secret: str, delivery_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that a sender adds to `body`. Raises ValueError for what is no secret."""
    if (key := _key(secret)) is None:
        raise ValueError(f"a secret is {_SECRET} and the base64 of {MIN_KEY_BYTES} bytes or more")
    timestamp = str(int(at.timestamp()))
    signature = _signature(key, _content(delivery_id, timestamp, body))
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature.decode(),
    }


def _signed(sent: Sent) -> Iterator[tuple[str, str, str]]:
    for family in _FAMILIES:
        found = [sent.header(f"{family}-{part}") for part in ("id", "timestamp", "signature")]
        if all(found):
            delivery_id, timestamp, signatures = found
            yield delivery_id, timestamp, signatures


def _content(delivery_id: str, timestamp: str, body: bytes) -> bytes:
    return utf8(f"{delivery_id}.{timestamp}.") + body


def _is_signed(content: bytes, given: Sequence[str], secrets: Sequence[str]) -> bool:
    keys = [key for secret in secrets if (key := _key(secret)) is not None]
    if is_any([_signature(key, content) for key in keys], given):
        return True
    pairs = [exact_base64(s.removeprefix(_ASYMMETRIC)) for s in given if s.startswith(_ASYMMETRIC)]
    public = [exact_base64(s.removeprefix(_PUBLIC)) for s in secrets if s.startswith(_PUBLIC)]
    return any(is_ed25519(key, s, content) for key in public if key for s in pairs if s)


def _signature(key: bytes, content: bytes) -> bytes:
    return b"v1," + b64encode(hmac.digest(key, content, "sha256"))


def _key(secret: str) -> bytes | None:
    """The key in a secret; None for what is no secret, above all for an empty one."""
    if not secret.startswith(_SECRET):
        return None
    try:
        key = b64decode(secret.removeprefix(_SECRET), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= MIN_KEY_BYTES else None
