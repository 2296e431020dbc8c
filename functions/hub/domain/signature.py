"""Standard Webhooks signatures: who sent this body, and was it just now?

The scheme: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
Symmetric signatures (`v1`) only. What is compared is the text of the signature, not its bytes,
because base64 has several spellings of the same bytes and only one of them was sent.
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from hub.domain.errors import Unauthorized

REFUSAL = "nothing proves who sent this: source, signature or time is wrong"
TOLERANCE_SECONDS = 300
LIVE_SECRETS = 2
MIN_KEY_BYTES = 24

_PREFIX = "whsec_"
_FAMILIES = ("webhook", "svix")
_LONGEST_TIMESTAMP = 12


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str:
    """Returns the delivery's id. Raises `Unauthorized`, always in the same words.

    `secrets` are the source's live ones, newest first: two of them while a secret is rotated.
    """
    for delivery_id, timestamp, signatures in _signed(headers):
        if not _is_recent(timestamp, now):
            continue
        content = f"{delivery_id}.{timestamp}.".encode(errors="surrogatepass") + body
        given = [s.encode(errors="surrogatepass") for s in signatures.split(" ")]
        if _is_any(given, content, secrets[:LIVE_SECRETS]):
            return delivery_id
    raise Unauthorized(REFUSAL)


def sign(secret: str, delivery_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that a sender adds to `body`. Raises ValueError for what is no secret."""
    if (key := _key(secret)) is None:
        raise ValueError(f"a secret is {_PREFIX} and the base64 of {MIN_KEY_BYTES} bytes or more")
    timestamp = str(int(at.timestamp()))
    signature = _signature(key, f"{delivery_id}.{timestamp}.".encode() + body)
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature.decode(),
    }


def _signed(headers: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    lower = {name.lower(): value for name, value in headers.items()}
    for family in _FAMILIES:
        found = [lower.get(f"{family}-{part}") for part in ("id", "timestamp", "signature")]
        if all(found):
            delivery_id, timestamp, signatures = map(str, found)
            yield delivery_id, timestamp, signatures


def _is_recent(timestamp: str, now: datetime) -> bool:
    plain = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP
    return plain and abs(now.timestamp() - int(timestamp)) <= TOLERANCE_SECONDS


def _is_any(given: Sequence[bytes], content: bytes, secrets: Sequence[str]) -> bool:
    """Compares every pair, so that time tells nothing about which one matched."""
    keys = [key for secret in secrets if (key := _key(secret)) is not None]
    expected = [_signature(key, content) for key in keys]
    matches = [hmac.compare_digest(e, g) for e in expected for g in given]
    return any(matches)


def _signature(key: bytes, content: bytes) -> bytes:
    return b"v1," + b64encode(hmac.digest(key, content, "sha256"))


def _key(secret: str) -> bytes | None:
    """The key in a secret; None for what is no secret, above all for an empty one."""
    if not secret.startswith(_PREFIX):
        return None
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= MIN_KEY_BYTES else None
