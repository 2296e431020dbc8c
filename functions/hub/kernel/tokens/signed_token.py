"""Reads the signed tokens of releases before 0.3: `<version>.<facts>.<mac>`. Nobody makes them now.

Facts and mac are URL-safe base64. The mac is HMAC-SHA256 over purpose and facts, cut to 16 bytes.
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json
from hub.kernel.tokens.sealed_token import LONGEST_TOKEN


def read_signed_token(
    version: str, purpose: bytes, text: object, keys: Sequence[str]
) -> dict[str, Json]:
    """Returns the facts of a token. Raises `Rejected` if none of the keys signed it."""
    rejection = Rejected("is not a token of this hub")
    if not isinstance(text, str) or len(text) > LONGEST_TOKEN or not text.startswith(f"{version}."):
        raise rejection
    body, dot, mac = text.removeprefix(f"{version}.").partition(".")
    matches = [
        hmac.compare_digest(_compute_mac(purpose, body, key).encode(), mac.encode(errors="replace"))
        for key in keys
        if key
    ]
    if not dot or not any(matches):
        raise rejection
    try:
        facts = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError) as error:
        raise rejection from error
    if not isinstance(facts, dict):
        raise rejection
    return facts


def _compute_mac(purpose: bytes, body: str, key: str) -> str:
    mac = hmac.new(key.encode(), purpose + body.encode(errors="replace"), sha256).digest()
    return urlsafe_b64encode(mac[:16]).rstrip(b"=").decode()
