"""What addresses refused, whoever has them.

Nobody's address is readable here: a key is a digest of channel and address.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from hub.kernel.contact_details.email_address import normalize_email
from hub.kernel.digest import digest

DELIVERY = "delivery"
"""Stands beside the purposes: messages of no purpose arrive at the address."""
REFUSED, AGREED = "refused", "agreed"
KEY_BYTES = 15


def normalize_address(address: str) -> str:
    """Returns the key of an address, which all its spellings have in common.

    Profiles and records of failures from before version 0.3 have addresses in other spellings.
    """
    return normalize_email(address) or address.strip().lower()


def make_address_key(channel: str, address: str) -> str:
    """Returns the key of an address on a channel: 20 characters that do not show the address."""
    return digest(f"{channel}#{normalize_address(address)}", KEY_BYTES)


@dataclass(frozen=True, slots=True)
class AddressRefusals:
    """The addresses that refused: key of the address -> purpose or `delivery` -> proof.

    A proof is a text such as `2026-11-22T14:00:00.000Z refused twilio e-2`: time, word, source and
    event. The greatest proof holds: the latest one and, of two at one time, a refusal.
    """

    by_key: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def from_proofs(cls, by_key: Mapping[str, Mapping[str, str]]) -> "AddressRefusals":
        """Keeps the refusals of all that addresses said."""
        refused = {
            key: {purpose: proof for purpose, proof in proofs.items() if _is_refusal(proof)}
            for key, proofs in by_key.items()
        }
        return cls({key: proofs for key, proofs in refused.items() if proofs})

    def __bool__(self) -> bool:
        return bool(self.by_key)

    def of(self, keys: Collection[str]) -> "AddressRefusals":
        """Returns the refusals of these addresses alone."""
        return AddressRefusals({key: self.by_key[key] for key in self.by_key if key in keys})

    def find_proofs(self, channel: str, address: str) -> Mapping[str, str]:
        """Finds the proofs of the refusals of an address, by purpose."""
        return self.by_key.get(make_address_key(channel, address), {})

    def find_reason(self, channel: str, purpose: str, address: str) -> str | None:
        """Returns why no message of the purpose may go to the address, or None."""
        if not self.by_key:
            return None
        proofs = self.find_proofs(channel, address)
        if proof := proofs.get(purpose):
            return f"the address refused {purpose} on {channel} at {_read_time(proof)}"
        if proof := proofs.get(DELIVERY):
            return f"the address failed for good on {channel} at {_read_time(proof)}"
        return None


NO_REFUSALS = AddressRefusals()


def _is_refusal(proof: str) -> bool:
    return proof.split(" ", 2)[1:2] == [REFUSED]


def _read_time(proof: str) -> str:
    return proof.partition(" ")[0]
