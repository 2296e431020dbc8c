"""The identities in memory, each event recognised and merged at once: for laws and the bench."""

from collections.abc import Iterable, Iterator
from itertools import count

from hub.identity.domain.identity_cluster import Holding, KeyConflict, Limits, nobodys, objection
from hub.identity.domain.resolution import Recognition, recognise


class People:
    """`conflicts` are all that were recorded, in order; `merges` counts."""

    def __init__(self, limits: Limits) -> None:
        self.conflicts: list[KeyConflict] = []
        self.merges = 0
        self._limits = limits
        self._owners: dict[str, str] = {}
        self._holdings: dict[str, Holding] = {}
        self._aliases: dict[str, str] = {}
        self._numbers = count(1)

    def take(self, keys: Iterable[str]) -> str:
        """Whose event it is, at that moment."""
        keys = tuple(keys)
        owners = {key: self.owner(key) for key in keys if key in self._owners}
        found = recognise(keys, owners, self._limits, lambda: f"c-{next(self._numbers)}")
        self.conflicts += found.conflicts
        self._claim(found)
        for tie in found.ties:
            one, other = self._holdings[found.customer_id], self._holdings[tie.customer_id]
            assert not objection(one, other, tie.key, self._limits)
            self._merge(one, other)
        return found.customer_id

    def owner(self, key: str) -> Holding:
        return self._holdings[self.living(self._owners[key])]

    def living(self, customer_id: str) -> str:
        """Whom they were merged into, by however many merges."""
        way = [customer_id]
        while way[-1] in self._aliases:
            way.append(self._aliases[way[-1]])
        for passed in way[:-1]:
            self._aliases[passed] = way[-1]
        return way[-1]

    def living_holdings(self) -> Iterator[Holding]:
        return (h for i, h in self._holdings.items() if i not in self._aliases)

    def _claim(self, found: Recognition) -> None:
        strong = [key for key in found.claims if key.partition("#")[0] in self._limits]
        self._holdings[found.customer_id] = found.holding.with_keys(strong)
        self._owners |= dict.fromkeys(found.claims, found.customer_id)
        for key in found.shared:
            self._owners[key] = nobodys(key)
            self._holdings[nobodys(key)] = Holding(customer_id=nobodys(key))

    def _merge(self, one: Holding, other: Holding) -> None:
        self.merges += 1
        self._holdings[one.customer_id] = one.joined(other)
        self._aliases[other.customer_id] = one.customer_id
