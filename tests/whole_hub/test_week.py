"""A week of real sales and three strategies through the whole hub, and what the report makes of it:
the lift lies within its own interval of the truth, and what is owed reconciles to the penny."""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.catalogue.domain.policy.attribution import DEFAULT_WINDOW
from hub.delivery.ports import ActionStatus
from hub.model.attribution_entry import AttributionEntry
from hub.model.decision import Decision
from hub.model.enrolment import Enrolment
from hub.model.inbound_payload import InboundPayload
from hub.model.promo_code import derive_promo_code
from hub.publishing.domain.tables import TABLES
from hub.reporting.adapters.excel_workbook import build_workbook
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.domain.report_tables import PeriodReport
from hub.reporting.steps.make_report import DailyReports
from tests import fakes
from tests.bench import retail_week as week
from tests.bench.retail_week import Bought, Person, Week
from tests.in_memory import InMemoryHub
from tests.workbook_reader import read_back

KNOWN_SINCE = datetime(2011, 9, 1, 9, tzinfo=UTC)
BOUGHT_ONCE = datetime(2011, 9, 15, 12, tzinfo=UTC)
BEGINS = datetime(2011, 11, 24, tzinfo=UTC)
LAST_DAY = date(2011, 12, 7)
SEES_IT_AFTER = timedelta(seconds=5)
LONDON = ZoneInfo("Europe/London")


def snapshot() -> dict[str, Any]:
    """The example's rows, which begin to run with the week."""
    read = week.catalogue_rows()
    rules = [{**rule, "starts": "2011-11-24"} for rule in read["rules"]]
    tables = {**read, "rules": rules}
    rows = {
        name: {row[table.key]: row for row in tables.get(name, ())}
        for name, table in TABLES.items()
    }
    return {"number": 1, "rows": rows, "running": {}}


@dataclass
class Played:
    """The week as it went. `enrolled` is strategy -> person -> enrolment; `bought` and `touched`
    are, by person, what they bought and when a message reached them."""

    week: Week
    hub: InMemoryHub = field(
        default_factory=lambda: InMemoryHub(
            snapshot=snapshot(), clock=fakes.FixedClock(KNOWN_SINCE)
        )
    )
    enrolled: dict[str, dict[str, Enrolment]] = field(default_factory=lambda: defaultdict(dict))
    bought: dict[str, list[Bought]] = field(default_factory=lambda: defaultdict(list))
    touched: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    ledger: list[AttributionEntry] = field(default_factory=list)
    sold: int = 0

    def __post_init__(self) -> None:
        self._draw = Random(week.SEED)  # noqa: S311 a town, not a secret
        self._order, self._invoices = count(), count()
        self._to_come: list[tuple[datetime, int, str, Any, Person | None]] = []
        self._by_card = {p.card: p for p in self.week.people.values() if p.card}

    def play(self) -> None:
        for person in self.week.people.values():
            if person.strategy != "welcome":
                self._comes(KNOWN_SINCE, "shop", week.a_sign_up(person, KNOWN_SINCE), person)
        for person in self.week.of("win-back"):
            self._buys(person, BOUGHT_ONCE)
        for person in self.week.of("welcome"):
            at = self._some_time()
            self._comes(at, "shop", week.a_sign_up(person, at), person)
        for person in self.week.of("win-back"):
            at = self._some_time()
            self._comes(at, "shop", week.a_cart(person, at), person)
        for row in self.week.rows:
            self._comes(week.time_of(row), "till", row, self._by_card.get(week.card_of(row)))
        while self._to_come:
            self._happens(*heapq.heappop(self._to_come))

    def _comes(self, at: datetime, source: str, payload: Any, person: Person | None) -> None:
        heapq.heappush(self._to_come, (at, next(self._order), source, payload, person))

    def _some_time(self) -> datetime:
        return BEGINS + timedelta(seconds=self._draw.randrange(7 * 24 * 3600))

    def _happens(
        self, at: datetime, order: int, source: str, payload: Any, person: Person | None
    ) -> None:
        self.hub.clock.at = at.astimezone(UTC) + SEES_IT_AFTER
        name = f"{source}-{order}"
        self._note(at, source, payload, person)
        self.hub.push(
            InboundPayload(
                id=name,
                source=source,
                received_at=self.hub.clock.at,
                correlation_id=name,
                payload=payload,
            )
        )
        for decision in self._news():
            self._told(decision, person, at)

    def _note(self, at: datetime, source: str, payload: Any, person: Person | None) -> None:
        """What is sold, on our own account."""
        amount, item, code = 0, "", ""
        if payload.get("type") == "order.paid":
            amount = int(payload["data"]["total"].replace(".", ""))
        elif source == "till" and (week.is_sale(payload) or week.is_return(payload)):
            amount = week.pence(payload) * (1 if week.is_sale(payload) else -1)
            item, code = payload["StockCode"].strip(), payload.get("PromoCode", "")
        self.sold += amount
        if person and amount:
            self.bought[person.name].append(Bought(at, item, amount, bool(code)))

    def _news(self) -> Iterator[Decision]:
        """What was decided just now; what is behind us is let go, so that no hop looks at it."""
        yield from self.hub.customers.decided
        self.hub.customers.outboxes.clear()
        self.hub.queue.events.clear()
        self.hub.bus.published.clear()

    def _told(self, decision: Decision, person: Person | None, at: datetime) -> None:
        if person and decision.event_type == "action.delivered":
            self.touched[person.name].append(self.hub.clock.at)
        self.ledger += decision.attributions
        for enrolment in decision.enrolments:
            if person and not enrolment.converted:
                self.enrolled[enrolment.strategy][person.name] = enrolment
                if person.buys(treated=not enrolment.held_out):
                    code = derive_promo_code(decision.actions[0].id) if decision.actions else ""
                    self._buys(person, at + timedelta(hours=self._draw.randint(20, 60)), code)

    def _buys(self, person: Person, at: datetime, code: str = "") -> None:
        like = self._draw.choice([row for row in self.week.rows if week.is_sale(row)])
        if person.card:
            row = week.a_row(next(self._invoices), person.card, at, like, code)
            self._comes(week.time_of(row), "till", row, person)
        else:
            order = week.an_order(person, at.replace(microsecond=0), week.pence(like) or 100)
            self._comes(at.replace(microsecond=0), "shop", order, person)


@pytest.fixture(scope="module")
def played() -> Played:
    played = Played(Week.drawn())
    played.play()
    return played


@pytest.fixture(scope="module")
def told(played: Played) -> PeriodReport:
    return DailyReports(played.hub.archive, EpisodeFold(LONDON), LONDON).fold_period(LAST_DAY, 14)


@pytest.mark.parametrize("strategy", week.CHANCES)
def test_the_lift_lies_within_its_own_interval_of_the_truth(
    played: Played, told: PeriodReport, strategy: str
) -> None:
    [row] = [r for r in read_back(build_workbook(told))["lift"] if r["strategy"] == strategy]
    enrolled = played.enrolled[strategy]
    truth = played.week.true_lift({name: one.since for name, one in enrolled.items()})
    assert row["low"] < truth < row["high"]
    assert row["low"] > 0, "that it works at all shows in a week"
    arms = [one.held_out for one in enrolled.values()]
    assert (row["treated"], row["held out"]) == (arms.count(False), arms.count(True))


def test_all_treated_customers_got_a_message_and_nobody_else(played: Played) -> None:
    treated = {
        name
        for enrolled in played.enrolled.values()
        for name, one in enrolled.items()
        if not one.held_out
    }
    assert set(played.touched) == treated


def test_attributed_sales_reconcile_to_the_penny(played: Played, told: PeriodReport) -> None:
    owed = sum(
        week.owed(lines, played.touched.get(name, ()), DEFAULT_WINDOW)
        for name, lines in played.bought.items()
    )
    totals = told.report.totals
    assert owed > 0
    assert sum(one.amount for one in played.ledger) == owed == totals["revenue GBP"]
    strategies = told.to_dict()["strategies"]
    assert sum(row["revenue GBP"] for row in strategies) == pytest.approx(owed / 100)


def test_the_report_has_all_sales_also_unattributed_ones(
    played: Played, told: PeriodReport
) -> None:
    before = sum(
        line.amount for lines in played.bought.values() for line in lines if line.at < BEGINS
    )
    assert told.report.totals["sales GBP"] == played.sold - before
    assert 0 < told.report.totals["revenue GBP"] < told.report.totals["sales GBP"]


def test_every_message_of_the_report_is_a_line_of_the_ledger(
    played: Played, told: PeriodReport
) -> None:
    statuses = [entry.status for entry in played.hub.ledger.lines.values()]
    totals = told.report.totals
    assert totals["messages"] == totals["actions"] == len(statuses)
    assert (
        totals["delivered"] == statuses.count(ActionStatus.DELIVERED) == len(played.hub.mail.sent)
    )
    for end in (ActionStatus.DECLINED, ActionStatus.REFUSED, ActionStatus.UNKNOWN):
        assert totals[end.value] == statuses.count(end)
