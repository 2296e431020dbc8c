"""Digests as text, and for how long a signature holds: what all schemes share."""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

from hub.kernel.constant_time import to_utf8

TOLERANCE_SECONDS = 300

_LONGEST_TIMESTAMP = 14


def is_fresh(timestamp: str, now: datetime, *, per_second: int = 1) -> bool:
    """Whether it is within five minutes of `now`, either way, and spelled in digits alone."""
    plain = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP
    return plain and abs(now.timestamp() - int(timestamp) / per_second) <= TOLERANCE_SECONDS


def compute_hex_digests(
    secrets: Sequence[str], content: bytes, algorithm: str = "sha256"
) -> list[bytes]:
    return [hmac.digest(to_utf8(s), content, algorithm).hex().encode() for s in secrets]


def compute_base64_digests(
    secrets: Sequence[str], content: bytes, algorithm: str = "sha256"
) -> list[bytes]:
    return [b64encode(hmac.digest(to_utf8(s), content, algorithm)) for s in secrets]


def parse_exact_base64(text: str) -> bytes | None:
    """The bytes, if this is the one canonical spelling of them."""
    try:
        found = b64decode(to_utf8(text), validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if b64encode(found) == to_utf8(text) else None
