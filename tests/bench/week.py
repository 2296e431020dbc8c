"""The week on a deployed hub: its real sales and its people's answers through the real entrances,
and the report held against the truth and against an independent count.

A hub's clock cannot be turned, so the week's invoices are stamped anew: what came before somebody's
first mail, then what came after. How soon people answer is not shown here, only that they do.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from hub.catalogue.domain.policy.attribution import DEFAULT_WINDOW
from hub.catalogue.domain.tables import RULES
from hub.kernel.times import parse_time
from hub.model.decision import Decision
from hub.model.promo_code import derive_promo_code
from hub.reporting.adapters.excel_workbook import build_workbook
from tests.bench import Figures, Tell, retail_week
from tests.bench.retail_week import CHANCES, SEED, Bought, Person, Row, Week
from tests.workbook_reader import read_back
from tools.day.hub_driver import HubDriver
from tools.segue.balance import compute_balance, is_decision, scan
from tools.segue.commands.report import create_daily_reports
from tools.segue.entrances import WebhookOptions, post_webhook
from tools.segue.hub import Hub
from tools.segue.local_home import Home, UserError
from tools.segue.local_hub import start_hub, stop_hub
from tools.segue.screen import Screen

POSTERS = 4
PATIENCE = 900.0
LONG_AGO = timedelta(days=70)
SETTLED = timedelta(seconds=10)


def figures(tell: Tell) -> Figures:
    with TemporaryDirectory() as folder:
        home = Home(Path(folder))
        try:
            return Played(Week.drawn(), start_hub(home, _silent(), port=0), tell).play()
        finally:
            stop_hub(home, _silent())


@dataclass
class Played:
    """`bought` are each person's sales as we sent them; `first` their first at the till."""

    week: Week
    hub: Hub
    tell: Tell
    bought: dict[str, list[Bought]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._driver = HubDriver(self.hub, {}, "week", Console(quiet=True))
        self._draw = Random(SEED)  # noqa: S311 a town, not a secret
        self._invoices, self._posted = count(), count()
        self._by_card = {p.card: p for p in self.week.people.values() if p.card}
        self._sales = [row for row in self.week.rows if retail_week.is_sale(row)]

    def play(self) -> Figures:
        known = [p for p in self.week.people.values() if p.card]
        self.tell(f"week: {len(known)} customers are known, and some have bought long ago")
        self._post(retail_week.a_sign_up(p, _now()) for p in known)
        self._rest()
        self._drop(self._a_purchase(p, _now() - LONG_AGO) for p in self.week.of("win-back"))
        self._rest()
        self._load_catalogue()
        before, after = self._halves()
        self.tell(f"week: {len(before)} rows of the till, {retail_week.NEWCOMERS} newcomers, carts")
        self._drop(_stamped(before, _now() - timedelta(minutes=1)))
        self._post(retail_week.a_sign_up(p, _now()) for p in self.week.of("welcome"))
        self._post(retail_week.a_cart(p, _now()) for p in self.week.of("win-back"))
        self._rest()
        decided = list(self._decisions())
        self.tell("week: people answer as they were born to")
        self._driver.wait_for(
            "the last mail is a while ago", partial(self._quiet, _now()), PATIENCE
        )
        self._answer(decided, after)
        self._rest()
        return self._figures(decided)

    def _halves(self) -> tuple[list[Row], list[Row]]:
        """Up to everybody's first invoice with a sale, and what came later."""
        first: dict[str, str] = {}
        halves: tuple[list[Row], list[Row]] = ([], [])
        for row in self.week.rows:
            card, invoice = retail_week.card_of(row), row["InvoiceNo"]
            later = card in first and first[card] != invoice
            if card and retail_week.is_sale(row):
                first.setdefault(card, invoice)
            halves[later].append(row)
        return halves

    def _answer(self, decided: Sequence[Decision], after: Sequence[Row]) -> None:
        people = self._people()
        buyers = [
            (people[decision.customer_id], decision)
            for decision in decided
            for enrolment in decision.enrolments
            if not enrolment.converted
            and people[decision.customer_id].buys(treated=not enrolment.held_out)
        ]
        now = _now()
        rows = [
            self._a_purchase(person, now, decision) for person, decision in buyers if person.card
        ]
        self._drop([*_stamped(after, now - timedelta(seconds=5)), *rows])
        orders = [self._an_order(person, now) for person, _ in buyers if not person.card]
        self._post(orders)

    def _a_purchase(self, person: Person, at: datetime, decision: Decision | None = None) -> Row:
        code = derive_promo_code(decision.actions[0].id) if decision and decision.actions else ""
        like = self._draw.choice(self._sales)
        return retail_week.a_row(next(self._invoices), person.card, at, like, code)

    def _an_order(self, person: Person, at: datetime) -> dict[str, Any]:
        amount = retail_week.pence(self._draw.choice(self._sales)) or 100
        self.bought[person.name].append(Bought(at, "", amount))
        return retail_week.an_order(person, at, amount)

    def _drop(self, rows: Iterable[Row]) -> None:
        """One file of the till, each of whose rows is on our own account too."""
        kept, text = list(rows), io.StringIO()
        writer = csv.DictWriter(text, [*kept[0], *({"PromoCode"} - kept[0].keys())], restval="")
        writer.writeheader()
        writer.writerows(kept)
        key = f"till/week-{next(self._posted)}.csv"
        bucket = self.hub.output("FilesBucket")
        self.hub.s3.put_object(Bucket=bucket, Key=key, Body=text.getvalue().encode())
        for row in kept:
            self._note(row)
        self._driver.wait_for(
            f"{key} is read", partial(self._driver.read_reconciliation, key), PATIENCE
        )

    def _note(self, row: Row) -> None:
        person = self._by_card.get(retail_week.card_of(row))
        sold = retail_week.is_sale(row)
        if person and (sold or retail_week.is_return(row)):
            amount = retail_week.pence(row) * (1 if sold else -1)
            item, at = row["StockCode"].strip(), retail_week.time_of(row)
            self.bought[person.name].append(Bought(at, item, amount, bool(row.get("PromoCode"))))

    def _post(self, payloads: Iterable[Mapping[str, Any]]) -> None:
        with ThreadPoolExecutor(POSTERS) as posters:
            list(posters.map(self._post_one, payloads))

    def _post_one(self, payload: Mapping[str, Any]) -> None:
        body, name = json.dumps(payload).encode(), f"week-{next(self._posted)}"
        answer = post_webhook(self.hub, "shop", body, WebhookOptions(name))
        if not answer.is_accepted:
            raise UserError(f"The shop was refused with {answer.status}.")

    def _load_catalogue(self) -> None:
        rows = retail_week.catalogue_rows()
        for name in ("templates", "policies", "rules"):
            for row in rows[name]:
                self.hub.table(name.title()).put_item(Item=row)
        for row in rows["rules"]:
            key = {RULES.key: row["rule_id"]}
            self._driver.wait_for("it is published", partial(self._published, key), PATIENCE)

    def _published(self, key: Mapping[str, str]) -> bool:
        item: Any = self.hub.table("Rules").get_item(Key=dict(key)).get("Item", {})
        return bool(item.get("published", {}).get("catalogue"))

    def _rest(self) -> None:
        self._driver.wait_for(
            "the hub is at rest", lambda: compute_balance(self.hub).is_settled, PATIENCE
        )

    def _quiet(self, since: datetime) -> bool:
        return _now() > since + SETTLED

    def _decisions(self) -> Iterator[Decision]:
        for item in filter(is_decision, scan(self.hub, "Decisions")):
            yield Decision.from_dict(json.loads(item["record"]))

    def _people(self) -> dict[str, Person]:
        """By the hub's own ids."""
        states = [json.loads(item["state"]) for item in scan(self.hub, "Customers")]
        by_email = {person.email: person for person in self.week.people.values()}
        return {
            state["customer_id"]: by_email[email]
            for state in states
            for email in state.get("identities", {}).get("email", ())
        }

    def _figures(self, decided: Sequence[Decision]) -> dict[str, float]:
        people, days = self._people(), create_daily_reports(self.hub)
        told = days.fold_period(_now().astimezone(days.zone).date(), 2)
        lift = {row["strategy"]: row for row in read_back(build_workbook(told))["lift"]}
        found: dict[str, float] = {}
        for strategy in CHANCES:
            enrolled = {
                people[decision.customer_id].name
                for decision in decided
                for one in decision.enrolments
                if one.strategy == strategy and not one.converted
            }
            row, name = lift[strategy], strategy.replace("-", "_")
            found |= {f"week.{name}.{end}": row[end] for end in ("lift", "low", "high")}
            truth = self.week.true_lift({one: self._first(one) for one in enrolled})
            found[f"week.{name}.true_lift"] = round(truth, 6)
        owed = self._owed(people)
        difference = told.report.totals["revenue GBP"] - owed
        return {
            **found,
            "week.messages": told.report.totals["messages"],
            "week.attributed_minor_units": owed,
            "week.attribution_difference_minor_units": difference,
        }

    def _first(self, name: str) -> datetime:
        card = self.week.people[name].card
        times = (retail_week.time_of(r) for r in self._sales if retail_week.card_of(r) == card)
        return min(times, default=datetime.min.replace(tzinfo=UTC))

    def _owed(self, people: Mapping[str, Person]) -> int:
        touched: dict[str, list[datetime]] = defaultdict(list)
        for line in scan(self.hub, "Ledger"):
            if line["status"] == "delivered":
                at = parse_time(str(line["settled_at"]))
                touched[people[str(line["customer_id"])].name].append(at)
        return sum(
            retail_week.owed(lines, touched.get(name, ()), DEFAULT_WINDOW)
            for name, lines in self.bought.items()
        )


def _stamped(rows: Iterable[Row], begin: datetime) -> Iterator[Row]:
    """In their order, the lines of an invoice together."""
    places: dict[str, int] = {}
    for row in rows:
        place = places.setdefault(row["InvoiceNo"], len(places))
        at = begin.astimezone(retail_week.LONDON) + timedelta(milliseconds=20 * place)
        yield {**row, "InvoiceDate": f"{at:%Y-%m-%d %H:%M:%S}"}


def _now() -> datetime:
    return datetime.now(UTC)


def _silent() -> Screen:
    nowhere = Console(quiet=True)
    return Screen(out=nowhere, progress=nowhere)
