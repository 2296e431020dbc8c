"""The account of what sales are owed to: it must come out even with the sales themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hub.kernel.json_types import Json
from hub.measurement.domain.sales_attribution import RETURNS, SALES, WHOLE_ORDER, read_sale_line
from hub.measurement.domain.sales_attribution import SaleLine as Sold
from hub.model.attribution_entry import AttributionEntry
from hub.model.episode import RecordedEpisode, drop_repeats
from hub.model.event import Event

CustomerLineKey = tuple[str, str, str]
"""Customer, sale, line."""
CustomerOrderKey = tuple[str, str]
"""Customer, sale."""


@dataclass
class AttributionAccount:
    """Of one currency, in minor units: `attributed + unattributed = sold - returned`. `sales` and
    `owed` are by line, `backs` by order what was said to be returned; `by_way` says how it is
    known, `by_offer` what for."""

    attributed: int = 0
    by_way: Counter[str] = field(default_factory=Counter)
    by_offer: Counter[str] = field(default_factory=Counter)
    sales: Counter[CustomerLineKey] = field(default_factory=Counter)
    returns: Counter[CustomerOrderKey] = field(default_factory=Counter)
    attributed_by_line: defaultdict[CustomerLineKey, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    @property
    def sold(self) -> int:
        return sum(self._sum_orders().values())

    @property
    def returned(self) -> int:
        """Of an order no more than it sold, as far as that is known: it may be of days before, and
        is then what was said, or for `ALL` what it took from whom it was owed to."""
        sold, lost = self._sum_orders(), self._sum_lost_attributions()
        return sum(
            min(back, sold.get(order, max(back % WHOLE_ORDER, lost[order])))
            for order, back in self.returns.items()
        )

    @property
    def net_sales(self) -> int:
        """What was sold and did not come back."""
        return self.sold - self.returned

    @property
    def unattributed(self) -> int:
        return self.net_sales - self.attributed

    def count_line(self, customer_id: str, line: Sold) -> None:
        """A sale's line counts once, by whatever number of events it is told."""
        if line.amount < 0:
            self.returns[customer_id, line.sale] -= line.amount
        else:
            self.sales.setdefault((customer_id, *line.name), line.amount)

    def add_attribution(self, customer_id: str, attribution: AttributionEntry) -> None:
        self.attributed += attribution.amount
        self.by_way[attribution.by] += attribution.amount
        self.by_offer[attribution.offer] += attribution.amount
        whom = attribution.action_id or f"offer {attribution.offer}"
        self.attributed_by_line[customer_id, attribution.sale, attribution.line][whom] += (
            attribution.amount
        )

    def _sum_orders(self) -> Counter[CustomerOrderKey]:
        """What each sold: what it was told whole, else its lines."""
        wholes = {line[:2]: amount for line, amount in self.sales.items() if not line[2]}
        found: Counter[CustomerOrderKey] = Counter()
        for line, amount in self.sales.items():
            found[line[:2]] += amount
        return Counter({**found, **wholes})

    def _sum_lost_attributions(self) -> Counter[CustomerOrderKey]:
        found: Counter[CustomerOrderKey] = Counter()
        for line, owed in self.attributed_by_line.items():
            found[line[:2]] -= sum(owed.values())
        return +found

    def find_problems(self) -> Iterator[str]:
        """Lines of these sales that are owed above what they sold, below nothing, or to two."""
        for line, owed in self.attributed_by_line.items():
            left, sold = {whom: amount for whom, amount in owed.items() if amount}, self.sales[line]
            if line in self.sales and (len(left) > 1 or not 0 <= sum(left.values()) <= sold):
                _, sale, key = line
                yield f"sale {sale} line {key or '-'} of {sold} is owed {dict(left)}"

    def to_dict(self) -> dict[str, Json]:
        names = ("sold", "returned", "attributed", "unattributed")
        found: dict[str, Json] = {name: getattr(self, name) for name in names}
        return {**found, "by_way": dict(self.by_way), "by_offer": dict(self.by_offer)}


def sum_net_sales(lines: Iterable[Sold]) -> Counter[str]:
    """By currency, what a customer bought in these and did not bring back."""
    found: defaultdict[str, AttributionAccount] = defaultdict(AttributionAccount)
    for line in lines:
        found[line.currency].count_line("", line)
    return Counter(
        {of: account.net_sales for of, account in _add_returns_of_any_currency(found).items()}
    )


def build_accounts(records: Iterable[RecordedEpisode]) -> dict[str, AttributionAccount]:
    """By currency. The same record again counts once, and what is returned of any currency in
    each."""
    found: defaultdict[str, AttributionAccount] = defaultdict(AttributionAccount)
    for record in drop_repeats(records):
        episode = record.episode
        for line in filter(None, map(_read_sale_line, episode.events)):
            found[line.currency].count_line(episode.customer_id, line)
        for decision in episode.decisions:
            for one in decision.attributions:
                found[one.currency].add_attribution(episode.customer_id, one)
    return _add_returns_of_any_currency(found)


def _add_returns_of_any_currency(
    found: dict[str, AttributionAccount],
) -> dict[str, AttributionAccount]:
    of_any = found.pop("", AttributionAccount())
    for account in found.values():
        account.returns.update(of_any.returns)
    return found


def _read_sale_line(event: Event) -> Sold | None:
    return read_sale_line(event) if event.type in SALES | RETURNS else None
