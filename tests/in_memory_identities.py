"""The identities in memory, each event recognised and merged at once: for laws and the bench."""

from collections.abc import Iterable, Iterator
from itertools import count

from hub.identity.domain.identity_cluster import (
    IdentityCluster,
    KeyConflict,
    KeyLimits,
    find_merge_objection,
    make_pool_id,
)
from hub.identity.domain.resolution import IdentityResolution, resolve_identity


class People:
    """`conflicts` are all that were recorded, in order; `merges` counts."""

    def __init__(self, limits: KeyLimits) -> None:
        self.conflicts: list[KeyConflict] = []
        self.merges = 0
        self._limits = limits
        self._owners: dict[str, str] = {}
        self._holdings: dict[str, IdentityCluster] = {}
        self._aliases: dict[str, str] = {}
        self._numbers = count(1)

    def take(self, keys: Iterable[str]) -> str:
        """Whose event it is, at that moment."""
        keys = tuple(keys)
        owners = {key: self.owner(key) for key in keys if key in self._owners}
        found = resolve_identity(keys, owners, self._limits, lambda: f"c-{next(self._numbers)}")
        self.conflicts += found.conflicts
        self._claim(found)
        for tie in found.links:
            one, other = self._holdings[found.customer_id], self._holdings[tie.customer_id]
            assert not find_merge_objection(one, other, tie.key, self._limits)
            self._merge(one, other)
        return found.customer_id

    def owner(self, key: str) -> IdentityCluster:
        return self._holdings[self.living(self._owners[key])]

    def living(self, customer_id: str) -> str:
        """Whom they were merged into, by however many merges."""
        way = [customer_id]
        while way[-1] in self._aliases:
            way.append(self._aliases[way[-1]])
        for passed in way[:-1]:
            self._aliases[passed] = way[-1]
        return way[-1]

    def living_holdings(self) -> Iterator[IdentityCluster]:
        return (h for i, h in self._holdings.items() if i not in self._aliases)

    def _claim(self, found: IdentityResolution) -> None:
        strong = [key for key in found.gained_keys if key.partition("#")[0] in self._limits]
        self._holdings[found.customer_id] = found.cluster.with_keys(strong)
        self._owners |= dict.fromkeys(found.gained_keys, found.customer_id)
        for key in found.shared:
            self._owners[key] = make_pool_id(key)
            self._holdings[make_pool_id(key)] = IdentityCluster(customer_id=make_pool_id(key))

    def _merge(self, one: IdentityCluster, other: IdentityCluster) -> None:
        self.merges += 1
        self._holdings[one.customer_id] = one.join(other)
        self._aliases[other.customer_id] = one.customer_id
