"""The token by which a site's server says who a visitor is: a JSON Web Token (RFC 7519) with
HMAC-SHA256, `{"customer": {"email": "ann@example.com"}, "exp": 1795600000}`.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime

import orjson

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json, JsonObject

ALGORITHM = "HS256"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{1,2000}\.[A-Za-z0-9_-]{43}")


def parse_visitor_token(text: object, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """Returns the customer's keys, namespace -> value.

    Raises `Rejected` for a token that none of `secrets` signed, that has expired, or that names no
    expiry.
    """
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


def _are_keys(customer: JsonObject) -> bool:
    return bool(customer) and all(isinstance(v, str) and v for v in customer.values())


def _decode_object(part: str) -> dict[str, Json]:
    """Returns an empty object for a part that is no JSON object."""
    try:
        value = orjson.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _compute_mac(head: str, secret: str) -> str:
    raw = hmac.digest(secret.encode(), head.encode(), "sha256")
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
