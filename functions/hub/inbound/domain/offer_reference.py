"""The reference of an offer that was answered with: what a later impression or response names.

It carries what the hub has to know of it, sealed with the key that the page or application asks
with, so that nothing need be looked up and nobody can make one up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hub.kernel.errors import Rejected
from hub.kernel.sealed_token import seal, unseal

VERSION = "r1"
_TOKEN_PURPOSE = b"segue offer reference "


@dataclass(frozen=True, slots=True)
class OfferReference:
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

    def to_token(self, key: str) -> str:
        facts = {name: value for name, value in asdict(self).items() if value}
        return seal(VERSION, _TOKEN_PURPOSE, facts, key)


def parse_offer_reference(text: object, keys: Sequence[str]) -> OfferReference:
    """Raises `Rejected` for anything that none of these keys signed."""
    try:
        facts = unseal(VERSION, _TOKEN_PURPOSE, text, keys)
        return OfferReference(**{"customer_id": "", **facts})
    except (Rejected, TypeError) as wrong:
        raise Rejected("is no reference of an answer of ours", "reference") from wrong
