"""A week of the retailer's real sales, and people whose answers to three strategies are known.

Everybody is born with their luck, a number from 0 to 1: told of a strategy they buy if it is below
one chance, left alone if it is below another. So it is known of each what they do in either case,
and of any number of people what the strategy brings: the truth that a report of the hub's, which
sees each in one case only, is held against.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[2]
RETAIL, SCORE = ROOT / "examples" / "retail", ROOT / "examples" / "week"
LONDON = ZoneInfo("Europe/London")
FIRST, LAST = "2011-11-24", "2011-11-30"
SEED = 2026
NEWCOMERS = LAPSED = 400
LAPSED_CARDS = 900_000
Row = Mapping[str, str]


class Chance(NamedTuple):
    anyway: float
    treated: float


CHANCES = {
    "welcome": Chance(0.10, 0.28),
    "win-back": Chance(0.05, 0.22),
    "second-purchase": Chance(0.08, 0.30),
}


@dataclass(frozen=True, slots=True)
class Person:
    """`card` is their number at the till; a newcomer has none, and buys in the shop."""

    name: str
    strategy: str
    luck: float
    card: str = ""

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    def buys(self, *, treated: bool) -> bool:
        chance = CHANCES[self.strategy]
        return self.luck < (chance.treated if treated else chance.anyway)


@dataclass(frozen=True)
class Week:
    """`rows` are the till's, in the order of their times; `people` are by name."""

    rows: tuple[Row, ...]
    people: Mapping[str, Person]

    @classmethod
    def drawn(cls, seed: int = SEED) -> "Week":
        draw = Random(seed)  # noqa: S311 a town, not a secret
        rows = tuple(_rows())
        cards = sorted({card_of(row) for row in rows} - {""})
        found = [Person(f"card{card}", "second-purchase", draw.random(), card) for card in cards]
        found += [Person(f"new{n}", "welcome", draw.random()) for n in range(NEWCOMERS)]
        found += [
            Person(f"old{n}", "win-back", draw.random(), str(LAPSED_CARDS + n))
            for n in range(LAPSED)
        ]
        return cls(rows, {person.name: person for person in found})

    def of(self, strategy: str) -> list[Person]:
        return [person for person in self.people.values() if person.strategy == strategy]

    def comes_back(self, person: Person, since: datetime) -> bool:
        """Whether the till's real rows have another sale of theirs later on."""
        return any(
            card_of(row) == person.card and is_sale(row) and time_of(row) > since
            for row in (self.rows if person.card else ())
        )

    def true_lift(self, enrolled: Mapping[str, datetime]) -> float:
        """Of these people, by name with when they were enrolled: how many more buy when all of them
        are treated than when none is, of a whole of 1."""
        gained = 0
        for name, since in enrolled.items():
            person = self.people[name]
            if not self.comes_back(person, since):
                gained += person.buys(treated=True) - person.buys(treated=False)
        return gained / len(enrolled)


def catalogue_rows() -> dict[str, list[dict[str, Any]]]:
    names = ("rules", "templates", "policies")
    return {name: json.loads((SCORE / f"{name}.json").read_text()) for name in names}


def _rows() -> Iterator[Row]:
    text = (RETAIL / "till.csv").read_text("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        if FIRST <= row["InvoiceDate"][:10] <= LAST:
            yield row


def card_of(row: Row) -> str:
    return row["CustomerID"].removesuffix(".0")


def is_sale(row: Row) -> bool:
    return not row["InvoiceNo"].startswith("C") and int(row["Quantity"]) > 0


def is_return(row: Row) -> bool:
    return row["InvoiceNo"].startswith("C")


def time_of(row: Row) -> datetime:
    return datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=LONDON)


def pence(row: Row) -> int:
    return abs(int(Decimal(row["UnitPrice"]) * int(row["Quantity"]) * 100))


def a_row(number: int, card: str, at: datetime, like: Row, code: str = "") -> dict[str, str]:
    """A sale of one line, of something that was sold in that week."""
    return {
        **like,
        "InvoiceNo": str(7_000_000 + number),
        "CustomerID": card,
        "InvoiceDate": f"{at.astimezone(LONDON):%Y-%m-%d %H:%M:%S}",
        "PromoCode": code,
    }


def a_sign_up(person: Person, at: datetime) -> dict[str, Any]:
    data = {
        "id": person.name,
        "email": person.email,
        "first_name": person.name.title(),
        "last_name": "Baker",
        "language": "en",
        "address": {"country": "GB", "time_zone": "Europe/London"},
        "consents": {"newsletter": True, "service_mail": True},
        **({"loyalty": {"number": person.card, "tier": "Basic"}} if person.card else {}),
    }
    return {"type": "customer.created", "created_at": at.isoformat(), "data": data}


def a_cart(person: Person, at: datetime) -> dict[str, Any]:
    return _of_the_shop("cart.left", person, at, {"url": f"https://shop.example.com/{person.name}"})


def an_order(person: Person, at: datetime, amount: int) -> dict[str, Any]:
    return _of_the_shop("order.paid", person, at, {}, Decimal(amount) / 100)


def _of_the_shop(
    kind: str, person: Person, at: datetime, more: Mapping[str, Any], total: Decimal = Decimal(25)
) -> dict[str, Any]:
    line = {"sku": "22086", "name": "PAPER CHAIN KIT", "quantity": 1, "price": f"{total:.2f}"}
    data = {
        "id": f"{kind}-{person.name}-{at:%d%H%M%S}",
        "customer": {"id": person.name, "email": person.email},
        "lines": [line],
        "total": f"{total:.2f}",
        "currency": "GBP",
        **more,
    }
    return {"type": kind, "created_at": at.isoformat(), "data": data}


class Bought(NamedTuple):
    """A line of somebody's sales; negative for what they brought back."""

    at: datetime
    item: str
    amount: int
    by_code: bool = False


def owed(lines: Iterable[Bought], touched: Iterable[datetime], window: timedelta) -> int:
    """What one person's sales owe to the messages that reached them, in pence: an independent count
    beside the hub's ledger. A return takes from the newest sale of that item first."""
    touches = list(touched)
    left: list[list[Any]] = []
    for line in sorted(lines, key=lambda line: line.at):
        if line.amount > 0:
            late = any(timedelta() <= line.at - touch <= window for touch in touches)
            left.append([line.item, line.amount, line.by_code or late])
            continue
        wanted = -line.amount
        for sale in reversed(left):
            if sale[0] == line.item:
                part = min(wanted, sale[1])
                sale[1] -= part
                wanted -= part
    return sum(amount for _, amount, is_owed in left if is_owed)
