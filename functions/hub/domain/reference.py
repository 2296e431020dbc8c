"""The reference of an offer that was answered with: what a later impression or response names.

It carries what the hub has to know of it, signed, so that nothing need be looked up and nobody can
make one up. `r1.<facts>.<mac>`, both URL-safe base64; the mac is HMAC-SHA256 under the key that the
page or application asks with, cut to 16 bytes.
"""

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from hub.domain.canonical import canonical_json
from hub.domain.errors import Rejected

VERSION = "r1"
LONGEST = 4000
_PURPOSE = b"segue offer reference "


@dataclass(frozen=True, slots=True)
class Reference:
    """`id` is one an answer and offer; `customer_id` is empty for somebody not yet known, whom
    `identities` will then name."""

    id: str
    decision_id: str
    customer_id: str
    correlation_id: str
    offer: str
    channel: str
    category: str = ""
    placement: str = ""
    identities: Mapping[str, str] = field(default_factory=dict)
    showing: Mapping[str, Any] = field(default_factory=dict)

    def signed(self, key: str) -> str:
        facts = {name: value for name, value in asdict(self).items() if value}
        body = urlsafe_b64encode(canonical_json(facts).encode()).rstrip(b"=").decode()
        return f"{VERSION}.{body}.{_mac(body, key)}"


def read_reference(text: object, keys: Sequence[str]) -> Reference:
    """Raises `Rejected` for anything that none of these keys signed."""
    refused = Rejected("is no reference of an answer of ours", "reference")
    if (
        not isinstance(text, str)
        or len(text) > LONGEST
        or text.count(".") != VERSION.count(".") + 2
    ):
        raise refused
    version, body, mac = text.split(".")
    genuine = [hmac.compare_digest(_mac(body, key).encode(), mac.encode()) for key in keys]
    if version != VERSION or not any(genuine):
        raise refused
    try:
        facts = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return Reference(**{"customer_id": "", **facts})
    except (binascii.Error, TypeError, ValueError) as wrong:
        raise refused from wrong


def _mac(body: str, key: str) -> str:
    found = hmac.new(key.encode(), _PURPOSE + body.encode(errors="replace"), sha256).digest()
    return urlsafe_b64encode(found[:16]).rstrip(b"=").decode()
