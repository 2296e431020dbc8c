"""Who is who: keys, holdings and aliases, and the ledger of merges."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from hub.identity.domain.identity_cluster import Holding, nobodys
from hub.identity.domain.merge_record import ConflictRecord, Merge
from hub.kernel.errors import Conflict
from hub.kernel.times import iso
from hub.model.customer import Customer
from tests.factories import NOON
from tests.fakes.tables import Customers


class Identities:
    def __init__(self) -> None:
        self.items: dict[str, str] = {}
        self.held: dict[str, Holding] = {}
        self.aliases: dict[str, str] = {}

    def owners(self, keys: Iterable[str]) -> dict[str, str]:
        return {key: self.items[key] for key in keys if key in self.items}

    def holdings(self, customer_ids: Iterable[str]) -> dict[str, Holding]:
        return {i: self._living(i) for i in customer_ids}

    def claim(self, keys: Sequence[str], holding: Holding, shared: Mapping[str, str]) -> None:
        if self.items.keys() & {*keys} or any(self.items.get(k) != v for k, v in shared.items()):
            raise Conflict("identity: has another owner")
        gained = not {*holding.keys}.isdisjoint(keys)
        if gained:
            self.hold(holding)
        self.items |= dict.fromkeys(keys, holding.customer_id)
        self.items |= {key: nobodys(key) for key in shared}

    def forget(self, customer_id: str, keys: Iterable[str]) -> None:
        holding = self._living(customer_id)
        theirs = {customer_id, *holding.absorbed}
        for key in {*keys, *holding.keys}:
            if self.items.get(key) in theirs:
                del self.items[key]
        for absorbed in theirs:
            self.held.pop(absorbed, None)
            self.aliases.pop(absorbed, None)

    def require(self, *holdings: Holding) -> None:
        for holding in holdings:
            found = self.held.get(holding.customer_id)
            if (found.version if found else 0) != holding.version:
                raise Conflict("holding: another version is stored")

    def hold(self, holding: Holding, merged_into: str = "") -> None:
        self.require(holding)
        stored = replace(holding, version=holding.version + 1)
        self.held[holding.customer_id] = stored
        self.aliases.pop(holding.customer_id, None)
        if merged_into:
            self.aliases[holding.customer_id] = merged_into

    def _living(self, customer_id: str) -> Holding:
        while customer_id in self.aliases:
            customer_id = self.aliases[customer_id]
        return self.held.get(customer_id, Holding(customer_id=customer_id))


class Merges:
    """Kept as JSON text, as in the table."""

    def __init__(self, customers: Customers, identities: Identities) -> None:
        self.lines: dict[str, list[str]] = {}
        self._customers = customers
        self._identities = identities

    def merge(self, merge: Merge, survivor: Customer) -> None:
        one, other = merge.survivor_holding, merge.absorbed_holding
        self._identities.require(one, other)
        self._customers.require(merge.survivor, merge.absorbed)
        self._identities.hold(one.joined(other))
        self._identities.hold(other, one.customer_id)
        self._identities.items |= dict.fromkeys(other.keys, one.customer_id)
        self._customers.put(survivor)
        self._customers.put(merge.absorbed, merged_into=one.customer_id)
        self.lines.setdefault(other.customer_id, []).append(json.dumps(merge.to_dict()))

    def unmerge(
        self,
        merge: Merge,
        survivor: Customer,
        absorbed: Customer,
        holdings: tuple[Holding, Holding],
    ) -> None:
        one, other = holdings
        self._identities.require(one, other)
        self._customers.require(survivor, absorbed)
        last = self.last(other.customer_id)
        if last is None or last.id != merge.id or last.undone_at:
            raise Conflict("merge: is undone")
        self._identities.hold(one)
        self._identities.hold(other)
        self._identities.items |= dict.fromkeys(other.keys, other.customer_id)
        self._customers.put(survivor)
        self._customers.put(absorbed)
        undone = replace(last, undone_at=iso(NOON))
        self.lines[other.customer_id][-1] = json.dumps(undone.to_dict())

    def last(self, customer_id: str) -> Merge | None:
        lines = self.lines.get(customer_id)
        return Merge.from_dict(json.loads(lines[-1])) if lines else None


class Conflicts:
    def __init__(self) -> None:
        self.items: dict[tuple[str, str, str], ConflictRecord] = {}

    def note(self, conflicts: Sequence[ConflictRecord]) -> None:
        self.items |= {(c.customer_id, c.event_id, c.conflict.key): c for c in conflicts}

    def forget(self, customer_ids: Collection[str]) -> None:
        self.items = {key: c for key, c in self.items.items() if c.customer_id not in customer_ids}
