"""The account of attributions, which must balance with the sales themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hub.kernel.json_types import Json
from hub.measurement.domain.sale_line import (
    RETURNS,
    SALES,
    WHOLE_ORDER,
    SaleLine,
    read_sale_line,
)
from hub.model.attribution_entry import AttributionEntry
from hub.model.episode import RecordedEpisode, drop_repeats
from hub.model.event import Event

CustomerLineKey = tuple[str, str, str]
"""Customer, sale, line."""
CustomerOrderKey = tuple[str, str]
"""Customer, sale."""


@dataclass
class AttributionAccount:
    """The account of one currency, in minor units: `attributed + unattributed = sold - returned`.

    `sales` and `attributed_by_line` are by line. `returns` is the returned amount by order, as the
    events state it. `by_way` and `by_offer` divide `attributed` by basis and by offer.
    """

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
        """The returned amount: of each order no more than it sold.

        An order of earlier days is not in this account. Then the stated amount counts, or for
        `WHOLE_ORDER` what the return took from attributions.
        """
        sold, lost = self._sum_orders(), self._sum_lost_attributions()
        return sum(
            min(stated, sold.get(order, max(stated % WHOLE_ORDER, lost[order])))
            for order, stated in self.returns.items()
        )

    @property
    def net_sales(self) -> int:
        """The sold amount without returns."""
        return self.sold - self.returned

    @property
    def unattributed(self) -> int:
        return self.net_sales - self.attributed

    def count_line(self, customer_id: str, line: SaleLine) -> None:
        """Counts a line of a sale or return. A sale's line counts once, even in several events."""
        if line.amount < 0:
            self.returns[customer_id, line.sale] -= line.amount
        else:
            self.sales.setdefault((customer_id, *line.name), line.amount)

    def add_attribution(self, customer_id: str, attribution: AttributionEntry) -> None:
        self.attributed += attribution.amount
        self.by_way[attribution.by] += attribution.amount
        self.by_offer[attribution.offer] += attribution.amount
        recipient = attribution.action_id or f"offer {attribution.offer}"
        line = customer_id, attribution.sale, attribution.line
        self.attributed_by_line[line][recipient] += attribution.amount

    def _sum_orders(self) -> Counter[CustomerOrderKey]:
        """What each order sold: the amount of the whole order, else the sum of its lines."""
        wholes = {line[:2]: amount for line, amount in self.sales.items() if not line[2]}
        sums: Counter[CustomerOrderKey] = Counter()
        for line, amount in self.sales.items():
            sums[line[:2]] += amount
        return Counter({**sums, **wholes})

    def _sum_lost_attributions(self) -> Counter[CustomerOrderKey]:
        lost: Counter[CustomerOrderKey] = Counter()
        for line, attributed in self.attributed_by_line.items():
            lost[line[:2]] -= sum(attributed.values())
        return +lost

    def find_problems(self) -> Iterator[str]:
        """Yields the lines that are attributed for more than they sold, for less than nothing, or
        to two actions."""
        for line, by_recipient in self.attributed_by_line.items():
            attributed = {recipient: amount for recipient, amount in by_recipient.items() if amount}
            sold = self.sales[line]
            if line in self.sales and (
                len(attributed) > 1 or not 0 <= sum(attributed.values()) <= sold
            ):
                _, sale, key = line
                yield f"sale {sale} line {key or '-'} sold {sold}, attributed {attributed}"

    def to_dict(self) -> dict[str, Json]:
        names = ("sold", "returned", "attributed", "unattributed")
        sums: dict[str, Json] = {name: getattr(self, name) for name in names}
        return {**sums, "by_way": dict(self.by_way), "by_offer": dict(self.by_offer)}


def sum_net_sales(lines: Iterable[SaleLine]) -> Counter[str]:
    """Sums one customer's sales without returns, by currency."""
    accounts: defaultdict[str, AttributionAccount] = defaultdict(AttributionAccount)
    for line in lines:
        accounts[line.currency].count_line("", line)
    by_currency = _add_returns_of_any_currency(accounts)
    return Counter({currency: account.net_sales for currency, account in by_currency.items()})


def build_accounts(records: Iterable[RecordedEpisode]) -> dict[str, AttributionAccount]:
    """Builds the account of each currency. A repeated record counts once."""
    accounts: defaultdict[str, AttributionAccount] = defaultdict(AttributionAccount)
    for record in drop_repeats(records):
        episode = record.episode
        for line in filter(None, map(_read_sale_line, episode.events)):
            accounts[line.currency].count_line(episode.customer_id, line)
        for decision in episode.decisions:
            for entry in decision.attributions:
                accounts[entry.currency].add_attribution(episode.customer_id, entry)
    return _add_returns_of_any_currency(accounts)


def _add_returns_of_any_currency(
    accounts: dict[str, AttributionAccount],
) -> dict[str, AttributionAccount]:
    """Counts the returns that name no currency in the account of every currency."""
    of_any = accounts.pop("", AttributionAccount())
    for account in accounts.values():
        account.returns.update(of_any.returns)
    return accounts


def _read_sale_line(event: Event) -> SaleLine | None:
    return read_sale_line(event) if event.type in SALES | RETURNS else None
