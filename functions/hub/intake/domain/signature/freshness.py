"""The age limit of signatures, and digests as text, for all schemes."""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

from hub.kernel.constant_time import to_utf8

TOLERANCE_SECONDS = 300

_LONGEST_TIMESTAMP = 14


def is_fresh(timestamp: str, now: datetime, *, per_second: int = 1) -> bool:
    """Whether the timestamp is all digits and within five minutes of `now`, before or after."""
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _LONGEST_TIMESTAMP
    return is_number and abs(now.timestamp() - int(timestamp) / per_second) <= TOLERANCE_SECONDS


def compute_hex_digests(
    secrets: Sequence[str], content: bytes, algorithm: str = "sha256"
) -> list[bytes]:
    return [hmac.digest(to_utf8(secret), content, algorithm).hex().encode() for secret in secrets]


def compute_base64_digests(
    secrets: Sequence[str], content: bytes, algorithm: str = "sha256"
) -> list[bytes]:
    return [b64encode(hmac.digest(to_utf8(secret), content, algorithm)) for secret in secrets]


def parse_exact_base64(text: str) -> bytes | None:
    """Decodes base64; None if the text is not the one canonical spelling of its bytes."""
    try:
        data = b64decode(to_utf8(text), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if b64encode(data) == to_utf8(text) else None
