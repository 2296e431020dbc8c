"""Find: who somebody is by the keys that are given, without founding or merging anybody."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.identity.domain.identity_keys import Namespaces
from hub.identity.domain.resolution import recognise
from hub.identity.ports import Identities
from hub.kernel.errors import Rejected

NOBODY = ""


@dataclass(frozen=True, slots=True)
class Finder:
    identities: Identities
    namespaces: Namespaces

    def __call__(self, identities: Mapping[str, str]) -> str:
        """The customer's id, or `NOBODY`. Raises `Rejected` where no key is of a usable form."""
        found = self.namespaces.keys(identities)
        if not found.keys:
            raise Rejected(found.reason or "nothing in it says who it is about", "customer")
        owners = self.identities.owners(found.keys)
        holdings = self.identities.holdings(set(owners.values()))
        known = {key: holdings[owner] for key, owner in owners.items()}
        limits = self.namespaces.limits
        return recognise(found.keys, known, limits, lambda: NOBODY).customer_id
