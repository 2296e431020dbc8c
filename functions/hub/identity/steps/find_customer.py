"""Finds the customer of some keys. It creates and merges no customer."""

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
        """Returns the customer's id, or `NOBODY`. Raises `Rejected` if no key is usable."""
        normalized = self.namespaces.normalize_keys(identities)
        if not normalized.keys:
            raise Rejected(normalized.reason or "has no key that names a customer", "customer")
        owners = self.identities.find_owners(normalized.possible_keys)
        clusters = self.identities.read_clusters(set(owners.values()))
        cluster_by_key = {key: clusters[owner] for key, owner in owners.items()}
        limits = self.namespaces.limits
        keys = normalized.list_telling_keys(owners)
        resolution = resolve_identity(keys, cluster_by_key, limits, lambda: NOBODY)
        return resolution.customer_id
