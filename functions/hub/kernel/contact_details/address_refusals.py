"""What addresses refused, whoever has them.

Nobody's address is readable here: a key is a digest of channel and address.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

DELIVERY = "delivery"
"""Stands beside the purposes: messages of no purpose arrive at the address."""
REFUSED, AGREED = "refused", "agreed"


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


NO_REFUSALS = AddressRefusals()


def _is_refusal(proof: str) -> bool:
    return proof.split(" ", 2)[1:2] == [REFUSED]
