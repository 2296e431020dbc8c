"""The reference of an offer that the hub served: a later impression or response names it.

It carries all that the hub has to know of the offer, signed with the client's API key. So the hub
looks nothing up, and nobody can make a reference up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from hub.kernel.errors import Rejected
from hub.kernel.json_types import JsonObject
from hub.kernel.sealed_token import seal, unseal

VERSION = "r1"
_TOKEN_PURPOSE = b"segue offer reference "


@dataclass(frozen=True, slots=True)
class OfferReference:
    """`id` is unique per decision and offer. `customer_id` is empty for somebody unknown, whom
    `identities` name."""

    id: str
    decision_id: str
    customer_id: str
    correlation_id: str
    offer: str
    channel: str
    category: str = ""
    placement: str = ""
    identities: Mapping[str, str] = field(default_factory=dict)
    showing: JsonObject = field(default_factory=dict)

    def to_token(self, key: str) -> str:
        facts = {name: value for name, value in asdict(self).items() if value}
        return seal(VERSION, _TOKEN_PURPOSE, facts, key)


def parse_offer_reference(text: object, keys: Sequence[str]) -> OfferReference:
    """Reads a reference. Raises `Rejected` for a text that none of `keys` signed."""
    try:
        facts = unseal(VERSION, _TOKEN_PURPOSE, text, keys)
        return OfferReference(**{"customer_id": "", **facts})
    except (Rejected, TypeError) as wrong:
        raise Rejected("is no reference of an answer of ours", "reference") from wrong
