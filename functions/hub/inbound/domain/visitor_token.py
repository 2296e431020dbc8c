"""Who a page's visitor is, as the site's own server signed it: a JSON Web Token (RFC 7519) under
HMAC-SHA256, `{"customer": {"email": "ann@example.com"}, "exp": 1795600000}`.
"""

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.kernel.errors import Rejected

ALGORITHM = "HS256"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{1,2000}\.[A-Za-z0-9_-]{43}")


def parse_visitor_token(text: object, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The customer's keys. Raises `Rejected` for a token that none of the secrets signed, that has
    expired, or that never would."""
    refused = Rejected("is no customer token of this site", "customer")
    if not isinstance(text, str) or not _TOKEN.fullmatch(text):
        raise refused
    head, _, mac = text.rpartition(".")
    if not any(hmac.compare_digest(_compute_mac(head, secret), mac) for secret in secrets):
        raise refused
    header, claims = (_decode_object(part) for part in head.split("."))
    if header.get("alg") != ALGORITHM:
        raise refused
    expires, customer = claims.get("exp"), claims.get("customer")
    if not isinstance(expires, int | float) or not expires > now.timestamp():
        raise Rejected("the customer token has expired", "customer")
    if not isinstance(customer, dict) or not _are_keys(customer):
        raise Rejected("the token names no key of the customer", "customer")
    return customer


def _are_keys(customer: Mapping[str, Any]) -> bool:
    return bool(customer) and all(isinstance(v, str) and v for v in customer.values())


def _decode_object(part: str) -> dict[str, Any]:
    """Empty for what is no object."""
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _compute_mac(head: str, secret: str) -> str:
    raw = hmac.digest(secret.encode(), head.encode(), "sha256")
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
