"""Facts that travel through other hands and come back unchanged: `<version>.<facts>.<mac>`, facts
and mac in URL-safe base64; the mac is HMAC-SHA256 over purpose and facts, cut to 16 bytes.

The purpose keeps what was sealed for one thing from being taken for another under the same key.
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from hub.kernel.canonical_json import to_canonical_json
from hub.kernel.errors import Rejected

LONGEST_TOKEN = 4000


def seal(version: str, purpose: bytes, facts: Mapping[str, Any], key: str) -> str:
    body = urlsafe_b64encode(to_canonical_json(facts).encode()).rstrip(b"=").decode()
    return f"{version}.{body}.{_mac(purpose, body, key)}"


def unseal(version: str, purpose: bytes, text: object, keys: Sequence[str]) -> dict[str, Any]:
    """The facts. Raises `Rejected` for anything that none of these keys sealed."""
    refused = Rejected("is nothing that we gave out")
    if not isinstance(text, str) or len(text) > LONGEST_TOKEN or not text.startswith(f"{version}."):
        raise refused
    body, dot, mac = text.removeprefix(f"{version}.").partition(".")
    genuine = [
        hmac.compare_digest(_mac(purpose, body, key).encode(), mac.encode(errors="replace"))
        for key in keys
    ]
    if not dot or not any(genuine):
        raise refused
    try:
        facts = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError) as wrong:
        raise refused from wrong
    if not isinstance(facts, dict):
        raise refused
    return facts


def _mac(purpose: bytes, body: str, key: str) -> str:
    found = hmac.new(key.encode(), purpose + body.encode(errors="replace"), sha256).digest()
    return urlsafe_b64encode(found[:16]).rstrip(b"=").decode()
