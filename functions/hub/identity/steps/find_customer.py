"""Find: who somebody is by the keys that are given, without founding or merging anybody."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.identity.domain.identity_keys import Namespaces
from hub.identity.domain.resolution import resolve_identity
from hub.identity.ports import Identities
from hub.kernel.errors import Rejected

NOBODY = ""


@dataclass(frozen=True, slots=True)
class FindCustomer:
    identities: Identities
    namespaces: Namespaces

    def __call__(self, identities: Mapping[str, str]) -> str:
        """The customer's id, or `NOBODY`. Raises `Rejected` where no key is of a usable form."""
        found = self.namespaces.normalize_keys(identities)
        if not found.keys:
            raise Rejected(found.reason or "nothing in it says who it is about", "customer")
        owners = self.identities.find_owners(found.keys)
        holdings = self.identities.read_clusters(set(owners.values()))
        known = {key: holdings[owner] for key, owner in owners.items()}
        limits = self.namespaces.limits
        return resolve_identity(found.keys, known, limits, lambda: NOBODY).customer_id
