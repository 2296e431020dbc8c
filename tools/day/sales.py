"""What customers spent, computed twice: from the till's file and from the hub."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tools.segue.balance import scan
from tools.segue.hub import Hub

BIG = 150


@dataclass(frozen=True)
class Sales:
    """Pence by customer: card number, or receipt of an unknown person. It holds no zeros."""

    spent: Mapping[str, int]
    returned: Mapping[str, int]

    @property
    def customers(self) -> int:
        return len(self.spent.keys() | self.returned.keys())

    def subtract(self, before: "Sales") -> "Sales":
        return Sales(_subtract(self.spent, before.spent), _subtract(self.returned, before.returned))


def sum_file(text: str) -> Sales:
    """Sum up the file without any code of the hub.

    Invoices with a C are returns. Rows without a customer belong to their receipt. A negative
    quantity that is not a return is no sale.
    """
    spent: Counter[str] = Counter()
    returned: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(text)):
        pence = int(Decimal(row["UnitPrice"]) * int(row["Quantity"]) * 100)
        whose = row["CustomerID"].removesuffix(".0") or row["InvoiceNo"]
        if row["InvoiceNo"].startswith("C"):
            returned[whose] += -pence
        elif pence > 0:
            spent[whose] += pence
    return Sales(+spent, +returned)


def count_big_sales(text: str) -> int:
    """Return how many lines match the rule `big-sale` of the example."""
    rows = csv.DictReader(io.StringIO(text))
    sold = (row for row in rows if not row["InvoiceNo"].startswith("C"))
    return sum(Decimal(row["UnitPrice"]) * int(row["Quantity"]) >= BIG for row in sold)


def sum_hub(hub: Hub) -> Sales:
    """Sum up the purchases block of every customer with sales at the till."""
    spent: Counter[str] = Counter()
    returned: Counter[str] = Counter()
    for item in scan(hub, "Customers"):
        state = json.loads(item["state"])
        identities, block = state.get("identities", {}), state.get("purchases", {})
        for whose in identities.get("loyalty", ()) or identities.get("receipt", ()):
            spent[whose] += block.get("spent", {}).get("GBP", 0)
            returned[whose] += block.get("returned", {}).get("GBP", 0)
    return Sales(+spent, +returned)


def _subtract(now: Mapping[str, int], before: Mapping[str, int]) -> Mapping[str, int]:
    return +Counter({name: amount - before.get(name, 0) for name, amount in now.items()})
