"""The account of what sales are owed to: it must come out even with the sales themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.domain.attribution import Attribution
from hub.domain.episode import Recorded
from hub.domain.event import Event
from hub.domain.owing import RETURNS, SALES, sale_of
from hub.domain.owing import Line as Sold

Line = tuple[str, str, str]
"""Customer, sale, line."""


@dataclass
class Account:
    """Of one currency, in minor units: `attributed + unattributed = sold - returned`. `sales` and
    `owed` are by line; `by_way` says how it is known, `by_offer` what for."""

    sold: int = 0
    returned: int = 0
    attributed: int = 0
    by_way: Counter[str] = field(default_factory=Counter)
    by_offer: Counter[str] = field(default_factory=Counter)
    sales: Counter[Line] = field(default_factory=Counter)
    owed: defaultdict[Line, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def unattributed(self) -> int:
        return self.sold - self.returned - self.attributed

    def count(self, customer_id: str, line: Sold) -> None:
        """A sale's line counts once, by whatever number of events it is told."""
        name = (customer_id, *line.name)
        if line.amount < 0:
            self.returned -= line.amount
        elif name not in self.sales:
            self.sold += line.amount
            self.sales[name] = line.amount

    def add(self, customer_id: str, one: Attribution) -> None:
        self.attributed += one.amount
        self.by_way[one.by] += one.amount
        self.by_offer[one.offer] += one.amount
        whom = one.action_id or f"offer {one.offer}"
        self.owed[customer_id, one.sale, one.line][whom] += one.amount

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


def accounts(records: Iterable[Recorded]) -> dict[str, Account]:
    """By currency. The same record again counts once."""
    found: defaultdict[str, Account] = defaultdict(Account)
    seen: set[tuple[str, int]] = set()
    for record in records:
        episode = record.episode
        if (name := (episode.customer_id, episode.version)) in seen:
            continue
        seen.add(name)
        for line in filter(None, map(_sold, episode.events)):
            found[line.currency].count(episode.customer_id, line)
        for decision in episode.decisions:
            for one in decision.attributions:
                found[one.currency].add(episode.customer_id, one)
    return dict(found)


def _sold(event: Event) -> Sold | None:
    return sale_of(event) if event.type in SALES | RETURNS else None
