"""The account of attributions, which must balance with the sales themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hub.identity.domain.merge_record import MERGED, UNMERGED
from hub.kernel.json_types import Json
from hub.measurement.domain.sale_line import (
    RETURNS,
    SALES,
    WHOLE_ORDER,
    SaleLine,
    combine_words,
    read_sale_line,
    time_order,
)
from hub.measurement.domain.sale_returns import apply_returns
from hub.model.attribution_entry import AttributionEntry
from hub.model.episode import RecordedEpisode, drop_repeats
from hub.model.event import Event

CustomerLineKey = tuple[str, str, str]
"""Customer, sale, line or return."""
CustomerOrderKey = tuple[str, str]
"""Customer, sale."""


@dataclass
class AttributionAccount:
    """The account of one currency, in minor units: `attributed + unattributed = sold - returned`.

    `lines` are the lines of sales and returns as the events state them: of several words about one
    line the greatest amount. `attributed_by_line` is by line. `by_way` and `by_offer` divide
    `attributed` by basis and by offer.
    """

    attributed: int = 0
    by_way: Counter[str] = field(default_factory=Counter)
    by_offer: Counter[str] = field(default_factory=Counter)
    lines: dict[CustomerLineKey, SaleLine] = field(default_factory=dict)
    attributed_by_line: defaultdict[CustomerLineKey, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    @property
    def sold(self) -> int:
        return sum(self._sum_orders().values())

    @property
    def returned(self) -> int:
        """The returned amount: of each order what its lines allow.

        An order of earlier days is not in this account. Then the stated amount counts, or for
        `WHOLE_ORDER` what the return took from attributions.
        """
        by_order: defaultdict[CustomerOrderKey, list[SaleLine]] = defaultdict(list)
        for (customer_id, sale, _), line in self.lines.items():
            by_order[customer_id, sale].append(line)
        lost = self._sum_lost_attributions()
        return sum(_sum_returns(lines, lost[order]) for order, lines in by_order.items())

    @property
    def net_sales(self) -> int:
        """The sold amount without returns."""
        return self.sold - self.returned

    @property
    def unattributed(self) -> int:
        return self.net_sales - self.attributed

    def count_line(self, customer_id: str, line: SaleLine) -> None:
        """Counts a line of a sale or return. It counts once, even in several events."""
        key = customer_id, *line.name
        told = self.lines.get(key)
        self.lines[key] = combine_words(told, line) if told else line

    def add_attribution(self, customer_id: str, attribution: AttributionEntry) -> None:
        self.attributed += attribution.amount
        self.by_way[attribution.by] += attribution.amount
        self.by_offer[attribution.offer] += attribution.amount
        recipient = attribution.action_id or f"offer {attribution.offer}"
        line = customer_id, attribution.sale, attribution.line
        self.attributed_by_line[line][recipient] += attribution.amount

    def _sum_orders(self) -> Counter[CustomerOrderKey]:
        """What each order sold: the amount of the whole order, else the sum of its lines."""
        sales = {key: line.amount for key, line in self.lines.items() if line.amount >= 0}
        wholes = {key[:2]: amount for key, amount in sales.items() if not key[2]}
        sums: Counter[CustomerOrderKey] = Counter()
        for key, amount in sales.items():
            sums[key[:2]] += amount
        return Counter({**sums, **wholes})

    def _sum_lost_attributions(self) -> Counter[CustomerOrderKey]:
        lost: Counter[CustomerOrderKey] = Counter()
        for line, attributed in self.attributed_by_line.items():
            lost[line[:2]] -= sum(attributed.values())
        return +lost

    def find_problems(self) -> Iterator[str]:
        """Yields the lines that are attributed for more than they sold, for less than nothing, or
        to two actions."""
        for key, by_recipient in self.attributed_by_line.items():
            attributed = {recipient: amount for recipient, amount in by_recipient.items() if amount}
            sold = self.lines[key].amount if key in self.lines else None
            if sold is not None and (
                len(attributed) > 1 or not 0 <= sum(attributed.values()) <= sold
            ):
                _, sale, line = key
                yield f"sale {sale} line {line or '-'} sold {sold}, attributed {attributed}"

    def move_customers(self, survivors: Mapping[str, str]) -> None:
        """Counts what was of absorbed customers for the customers that they were merged into."""
        lines, attributed = self.lines, self.attributed_by_line
        self.lines, self.attributed_by_line = {}, defaultdict(Counter)
        for (customer_id, _, _), line in lines.items():
            self.count_line(survivors.get(customer_id, customer_id), line)
        for (customer_id, sale, key), by_recipient in attributed.items():
            survivor = survivors.get(customer_id, customer_id)
            self.attributed_by_line[survivor, sale, key].update(by_recipient)

    def to_dict(self) -> dict[str, Json]:
        names = ("sold", "returned", "attributed", "unattributed")
        sums: dict[str, Json] = {name: getattr(self, name) for name in names}
        return {**sums, "by_way": dict(self.by_way), "by_offer": dict(self.by_offer)}


def _sum_returns(lines: Iterable[SaleLine], lost: int) -> int:
    """Sums the returns of one order. `lost` is what attributions lost by them."""
    in_order = sorted(lines, key=time_order)
    if any(line.amount > 0 for line in in_order):
        return sum(apply_returns(in_order)[1].values())
    stated = -sum(line.amount for line in in_order)
    return min(stated, max(stated % WHOLE_ORDER, lost))


def sum_net_sales(lines: Iterable[SaleLine]) -> Counter[str]:
    """Sums one customer's sales without returns, by currency."""
    accounts: defaultdict[str, AttributionAccount] = defaultdict(AttributionAccount)
    for line in lines:
        accounts[line.currency].count_line("", line)
    by_currency = _add_returns_of_any_currency(accounts)
    return Counter({currency: account.net_sales for currency, account in by_currency.items()})


def build_accounts(records: Iterable[RecordedEpisode]) -> dict[str, AttributionAccount]:
    """Builds the account of each currency. A repeated record counts once.

    Customers who are merged in these records count as one.
    """
    accounts: defaultdict[str, AttributionAccount] = defaultdict(AttributionAccount)
    survivors: dict[str, str] = {}
    for record in drop_repeats(records):
        episode = record.episode
        for line in filter(None, map(_read_sale_line, episode.events)):
            accounts[line.currency].count_line(episode.customer_id, line)
        for event in episode.events:
            _note_merge(survivors, event)
        for decision in episode.decisions:
            for entry in decision.attributions:
                accounts[entry.currency].add_attribution(episode.customer_id, entry)
    if survivors:
        for account in accounts.values():
            account.move_customers({name: _find_survivor(survivors, name) for name in survivors})
    return _add_returns_of_any_currency(accounts)


def _add_returns_of_any_currency(
    accounts: dict[str, AttributionAccount],
) -> dict[str, AttributionAccount]:
    """Counts the returns that name no currency in the account of every currency."""
    of_any = accounts.pop("", AttributionAccount())
    for account in accounts.values():
        account.lines.update(of_any.lines)
    return accounts


def _note_merge(survivors: dict[str, str], event: Event) -> None:
    absorbed = str(event.properties.get("absorbed", ""))
    if event.type == MERGED:
        survivors[absorbed] = event.customer_id
    elif event.type == UNMERGED:
        survivors.pop(absorbed, None)


def _find_survivor(survivors: Mapping[str, str], customer_id: str) -> str:
    """Follows merges of merged customers. It ends even if records name a circle of merges."""
    passed = {customer_id}
    while (following := survivors.get(customer_id)) and following not in passed:
        customer_id = following
        passed.add(customer_id)
    return customer_id


def _read_sale_line(event: Event) -> SaleLine | None:
    return read_sale_line(event) if event.type in SALES | RETURNS else None
