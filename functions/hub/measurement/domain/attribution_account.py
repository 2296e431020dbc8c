"""The account of what sales are owed to: it must come out even with the sales themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.measurement.domain.sales_attribution import ALL, RETURNS, SALES, sale_of
from hub.measurement.domain.sales_attribution import Line as Sold
from hub.model.attribution_entry import Attribution
from hub.model.episode import Recorded, once
from hub.model.event import Event

Line = tuple[str, str, str]
"""Customer, sale, line."""
Order = tuple[str, str]
"""Customer, sale."""


@dataclass
class Account:
    """Of one currency, in minor units: `attributed + unattributed = sold - returned`. `sales` and
    `owed` are by line, `backs` by order what was said to be returned; `by_way` says how it is
    known, `by_offer` what for."""

    attributed: int = 0
    by_way: Counter[str] = field(default_factory=Counter)
    by_offer: Counter[str] = field(default_factory=Counter)
    sales: Counter[Line] = field(default_factory=Counter)
    backs: Counter[Order] = field(default_factory=Counter)
    owed: defaultdict[Line, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def sold(self) -> int:
        return sum(self._orders().values())

    @property
    def returned(self) -> int:
        """Of an order no more than it sold, as far as that is known: it may be of days before, and
        is then what was said, or for `ALL` what it took from whom it was owed to."""
        sold, lost = self._orders(), self._lost()
        return sum(
            min(back, sold.get(order, max(back % ALL, lost[order])))
            for order, back in self.backs.items()
        )

    @property
    def kept(self) -> int:
        """What was sold and did not come back."""
        return self.sold - self.returned

    @property
    def unattributed(self) -> int:
        return self.kept - self.attributed

    def count(self, customer_id: str, line: Sold) -> None:
        """A sale's line counts once, by whatever number of events it is told."""
        if line.amount < 0:
            self.backs[customer_id, line.sale] -= line.amount
        else:
            self.sales.setdefault((customer_id, *line.name), line.amount)

    def add(self, customer_id: str, one: Attribution) -> None:
        self.attributed += one.amount
        self.by_way[one.by] += one.amount
        self.by_offer[one.offer] += one.amount
        whom = one.action_id or f"offer {one.offer}"
        self.owed[customer_id, one.sale, one.line][whom] += one.amount

    def _orders(self) -> Counter[Order]:
        """What each sold: what it was told whole, else its lines."""
        wholes = {line[:2]: amount for line, amount in self.sales.items() if not line[2]}
        found: Counter[Order] = Counter()
        for line, amount in self.sales.items():
            found[line[:2]] += amount
        return Counter({**found, **wholes})

    def _lost(self) -> Counter[Order]:
        found: Counter[Order] = Counter()
        for line, owed in self.owed.items():
            found[line[:2]] -= sum(owed.values())
        return +found

    def problems(self) -> Iterator[str]:
        """Lines of these sales that are owed above what they sold, below nothing, or to two."""
        for line, owed in self.owed.items():
            left, sold = {whom: amount for whom, amount in owed.items() if amount}, self.sales[line]
            if line in self.sales and (len(left) > 1 or not 0 <= sum(left.values()) <= sold):
                _, sale, key = line
                yield f"sale {sale} line {key or '-'} of {sold} is owed {dict(left)}"

    def to_dict(self) -> dict[str, Any]:
        names = ("sold", "returned", "attributed", "unattributed")
        found: dict[str, Any] = {name: getattr(self, name) for name in names}
        return {**found, "by_way": dict(self.by_way), "by_offer": dict(self.by_offer)}


def kept_of(lines: Iterable[Sold]) -> Counter[str]:
    """By currency, what a customer bought in these and did not bring back."""
    found: defaultdict[str, Account] = defaultdict(Account)
    for line in lines:
        found[line.currency].count("", line)
    return Counter({of: account.kept for of, account in _with_those_of_any(found).items()})


def accounts(records: Iterable[Recorded]) -> dict[str, Account]:
    """By currency. The same record again counts once, and what is returned of any currency in
    each."""
    found: defaultdict[str, Account] = defaultdict(Account)
    for record in once(records):
        episode = record.episode
        for line in filter(None, map(_sold, episode.events)):
            found[line.currency].count(episode.customer_id, line)
        for decision in episode.decisions:
            for one in decision.attributions:
                found[one.currency].add(episode.customer_id, one)
    return _with_those_of_any(found)


def _with_those_of_any(found: dict[str, Account]) -> dict[str, Account]:
    of_any = found.pop("", Account())
    for account in found.values():
        account.backs.update(of_any.backs)
    return found


def _sold(event: Event) -> Sold | None:
    return sale_of(event) if event.type in SALES | RETURNS else None
