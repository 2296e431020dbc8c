"""The token by which a site's server says who a visitor is: a JSON Web Token (RFC 7519) with
HMAC-SHA256, `{"customer": {"email": "ann@example.com"}, "exp": 1795600000}`.

It follows the best practices of RFC 8725: one algorithm, one meaning of the JSON, an audience.
"""

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from hub.kernel.constant_time import to_utf8
from hub.kernel.errors import Rejected
from hub.kernel.json_body import check_nesting
from hub.kernel.json_types import Json, JsonObject

ALGORITHM, TYPE = "HS256", "JWT"
LONGEST_LIFETIME = 24 * 60 * 60
"""In seconds from now, as a token of a page is not for keeps."""
LARGEST_CLOCK_SKEW = 60
"""In seconds by which the clock of the site's server may be ahead."""
_FIELD = "customer"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}\.[A-Za-z0-9_-]{1,2000}\.[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class VisitorToken:
    """`customer` is the customer's keys, namespace -> value. `claims` has the whole token."""

    customer: dict[str, str]
    claims: JsonObject

    def check_times(self, now: datetime) -> None:
        """Raises `Rejected` for a token that has expired, is valid for too long or not yet valid.

        Times are whole numbers of seconds since 1970.
        """
        seconds = now.timestamp()
        expires = self._read_time("exp", None)
        if expires <= seconds:
            raise Rejected("the customer token has expired", _FIELD)
        if expires > seconds + LONGEST_LIFETIME:
            raise Rejected("the customer token is valid for more than 24 hours", _FIELD)
        if any(self._read_time(name, 0) > seconds + LARGEST_CLOCK_SKEW for name in ("iat", "nbf")):
            raise Rejected("the customer token is not valid yet", _FIELD)

    def _read_time(self, name: str, default: int | None) -> int:
        value = self.claims.get(name, default)
        if type(value) is not int or value < 0:
            raise Rejected(f"the customer token has no {name} in whole seconds", _FIELD)
        return value


def parse_visitor_token(text: object, secrets: Sequence[str], site: str) -> VisitorToken:
    """Reads a token of the site with that public key.

    Raises `Rejected` for a token that none of `secrets` signed, that is for another audience, or
    that names no key of a customer. Its times are not checked.
    """
    refused = Rejected("is no customer token of this site", _FIELD)
    if not isinstance(text, str) or not _TOKEN.fullmatch(text):
        raise refused
    head, _, mac = text.rpartition(".")
    if not any(hmac.compare_digest(_compute_mac(head, secret), mac) for secret in secrets):
        raise refused
    header, claims = (_decode_object(part) for part in head.split("."))
    if header is None or not _is_header(header) or claims is None:
        raise refused
    if not _is_for(claims, site):
        raise Rejected("the customer token is for another audience", _FIELD)
    customer = claims.get("customer")
    if not isinstance(customer, dict) or not _are_keys(customer):
        raise Rejected("the token names no key of the customer", _FIELD)
    return VisitorToken(customer, claims)


def _is_header(header: JsonObject) -> bool:
    """A critical extension (`crit`) must be understood, and none is here (RFC 7515, 4.1.11)."""
    is_right_type = str(header.get("typ", TYPE)).upper() == TYPE
    return header.get("alg") == ALGORITHM and is_right_type and "crit" not in header


def _is_for(claims: JsonObject, site: str) -> bool:
    """A token without `aud` is for whoever knows the secret."""
    audience = claims.get("aud", site)
    return site in audience if isinstance(audience, list) else audience == site


def _are_keys(customer: JsonObject) -> bool:
    return bool(customer) and all(isinstance(v, str) and v for v in customer.values())


def _decode_object(part: str) -> dict[str, Json] | None:
    """Returns None for a part that is no JSON object, or one that others could read differently.

    orjson refuses what is no Unicode, and `json` shows names that stand twice.
    """
    try:
        raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        check_nesting(orjson.loads(raw))
        value = json.loads(raw, object_pairs_hook=_make_object)
    except (ValueError, Rejected):
        return None
    return value if isinstance(value, dict) else None


def _make_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Raises ValueError for a name that stands twice."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


def _compute_mac(head: str, secret: str) -> str:
    raw = hmac.digest(to_utf8(secret), head.encode(), "sha256")
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
