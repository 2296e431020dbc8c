"""Signatures of Standard Webhooks, for senders and receivers.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from datetime import datetime

MIN_KEY_BYTES = 24

_SECRET = "whsec_"  # noqa: S105 how a secret begins


def sign(secret: str, delivery_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Returns the headers that sign `body`. Raises ValueError if `secret` is not a secret."""
    if (key := parse_key(secret)) is None:
        raise ValueError(f"a secret is {_SECRET} and the base64 of {MIN_KEY_BYTES} bytes or more")
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": compute_signature(
            key, build_signed_content(delivery_id, timestamp, body)
        ).decode(),
    }


def build_signed_content(delivery_id: str, timestamp: str, body: bytes) -> bytes:
    return f"{delivery_id}.{timestamp}.".encode(errors="surrogatepass") + body


def compute_signature(key: bytes, content: bytes) -> bytes:
    return b"v1," + b64encode(hmac.digest(key, content, "sha256"))


def parse_key(secret: str) -> bytes | None:
    """Returns the key in a secret; None if it is not a secret, above all if it is empty."""
    if not secret.startswith(_SECRET):
        return None
    try:
        key = b64decode(secret.removeprefix(_SECRET), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= MIN_KEY_BYTES else None
