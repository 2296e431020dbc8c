"""Whether the interval of a lift keeps its promise: worlds of customers, decided and reported.

In a world without effect the 95 % interval has to hold 0 in 95 of 100 worlds, with each kind of
holdout. `lift.coverage.<kind>` is the share of intervals that do, over `WORLDS` worlds:

- `strategy`: a strategy has a holdout of its own, its offer is made once (`caps: ever`), has a goal
  that closes it, and customers come back for three months
- `universal`: a universal control group, two strategies, and the goal of a message closes it
- `capped`: the same with a cap of one message a week, which the first strategy uses up

In all of them heavy customers come more often, and buy more often, so that a gate which only the
treated close would show as an effect. `lift.power` is the share of worlds with a true lift of
`TRUE_LIFT` whose interval lies above 0, and `lift.power.expected` the probability of that by the
binomial distribution, for arms of the sizes that the worlds have.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, timedelta
from functools import cache
from math import comb
from random import Random
from statistics import mean
from typing import Any, NamedTuple

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.measurement.domain.sale_line import SALES
from hub.model.customer import Customer
from hub.model.episode import Episode, RecordedEpisode
from hub.reporting.domain.episode_fold import EpisodeFold
from hub.reporting.domain.proportion_interval import newcombe_interval
from hub.reporting.domain.report import Report
from hub.reporting.domain.report_tables import PeriodReport
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS
from tests.bench import Figures, Tell
from tests.catalogues import OFFER, SEND, a_catalogue, a_policy, a_rule, an_offer
from tests.factories import NOON, a_customer, an_event

WORLDS, CUSTOMERS = 200, 300
BASE_RATE, TRUE_LIFT = 0.02, 0.05
WHOLE_PERIOD = timedelta(days=120)
PURCHASE = {"amount": 100, "currency": "EUR"}
Visit = tuple[timedelta, str]
"""After how long, and the event's type."""


class Row(NamedTuple):
    """A row of the lift table: the sizes of its arms, and its interval."""

    treated: int
    held_out: int
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        return self.low <= 0 <= self.high


def figures(tell: Tell) -> Figures:
    found = {}
    for kind, live in KINDS.items():
        rows = [row for seed in range(WORLDS) for row in live(seed, CUSTOMERS)]
        coverage = mean(row.holds_zero for row in rows)
        tell(f"  {kind:10} {coverage:.3f} of {len(rows)} intervals hold 0")
        found[f"lift.coverage.{kind}"] = round(coverage, 4)
    rows = [row for seed in range(WORLDS) for row in live_with_effect(seed, CUSTOMERS)]
    power = mean(row.low > 0 for row in rows)
    expected = mean(compute_power(row.treated, row.held_out) for row in rows)
    tell(
        f"  a lift of {TRUE_LIFT:g} is found in {power:.3f} of the worlds, expected {expected:.3f}"
    )
    return {**found, "lift.power": round(power, 4), "lift.power.expected": round(expected, 4)}


def live_with_own_holdout(seed: int, customers: int) -> list[Row]:
    catalogue = a_catalogue(
        a_rule("only", OFFER, strategy="only"),
        an_offer("beans", caps={"ever": 1}, goal="order.completed"),
        a_policy("holdout", f"holdout-{seed}", percent=50, strategy="only"),
    )
    return _live(seed, customers, catalogue, _plan_returns)


def live_with_control_group(seed: int, customers: int, *policies: dict[str, Any]) -> list[Row]:
    catalogue = a_catalogue(
        a_rule("first", SEND, strategy="first"),
        a_rule(
            "second",
            {**SEND, "goal": "order.completed"},
            event="product.viewed",
            strategy="second",
        ),
        a_policy("holdout", f"control-{seed}", percent=50),
        *policies,
    )
    return _live(seed, customers, catalogue, _plan_page_then_product)


def live_with_cap(seed: int, customers: int) -> list[Row]:
    cap = a_policy("frequency_cap", "cap", most={"week": 1})
    return live_with_control_group(seed, customers, cap)


KINDS: dict[str, Callable[[int, int], list[Row]]] = {
    "strategy": live_with_own_holdout,
    "universal": live_with_control_group,
    "capped": live_with_cap,
}


def live_with_effect(seed: int, customers: int) -> list[Row]:
    """Whoever got the message buys with `TRUE_LIFT` more probability."""
    catalogue = a_catalogue(
        a_rule("only", SEND), a_policy("holdout", f"holdout-{seed}", percent=50, strategy="only")
    )
    return _live(seed, customers, catalogue, lambda _: [(timedelta(), "page.viewed")], _buy_if_sent)


@cache
def compute_power(treated: int, held_out: int) -> float:
    """Computes the probability that the interval of arms of these sizes lies above 0."""
    with_effect = list(_list_probabilities(treated, BASE_RATE + TRUE_LIFT))
    without = list(_list_probabilities(held_out, BASE_RATE))
    return sum(
        probability * other
        for hits, probability in with_effect
        for anyway, other in without
        if newcombe_interval(hits, treated, anyway, held_out).low > 0
    )


def _list_probabilities(trials: int, rate: float) -> Iterator[tuple[int, float]]:
    """Yields hits and their binomial probability, where it is above one in a billion."""
    for hits in range(trials + 1):
        probability = comb(trials, hits) * rate**hits * (1 - rate) ** (trials - hits)
        if probability > 1e-9:
            yield hits, probability


def _plan_returns(draw: Random) -> list[Visit]:
    """A heavy customer comes in three months and often buys soon, another comes once."""
    is_heavy, visits = draw.random() < 0.5, list[Visit]()
    for month in range(3 if is_heavy else 1):
        start = timedelta(days=31 * month)
        visits.append((start, "page.viewed"))
        if draw.random() < (0.6 if is_heavy else 0.1):
            visits.append((start + timedelta(days=5), "order.completed"))
    return visits


def _plan_page_then_product(draw: Random) -> list[Visit]:
    """A heavy customer mostly sees a page before the product, and often buys in the month."""
    is_heavy, visits = draw.random() < 0.5, list[Visit]()
    if draw.random() < (0.95 if is_heavy else 0.2):
        visits.append((timedelta(), "page.viewed"))
    visits.append((timedelta(hours=2), "product.viewed"))
    if draw.random() < (0.6 if is_heavy else 0.1):
        visits.append((timedelta(days=draw.uniform(1, 29)), "order.completed"))
    return visits


def _buy_if_sent(draw: Random, messages: int) -> list[Visit]:
    rate = BASE_RATE + (TRUE_LIFT if messages else 0)
    return [(timedelta(days=9), "order.completed")] if draw.random() < rate else []


def _live(
    seed: int,
    customers: int,
    catalogue: Catalogue,
    plan: Callable[[Random], list[Visit]],
    react: Callable[[Random, int], list[Visit]] = lambda _, __: [],
) -> list[Row]:
    """Lives the lives of all customers, and returns the rows of the report's table `lift`.

    `plan` gives the visits of a customer, and `react` those that follow their messages."""
    draw = Random(seed)  # noqa: S311 a town, not a secret
    report, fold = Report(), EpisodeFold(UTC)
    for number in range(customers):
        customer = a_customer().with_changes(customer_id=f"c-{number}")
        customer, messages = _visit(customer, plan(draw), catalogue, report, fold)
        _visit(customer, react(draw, messages), catalogue, report, fold)
    period = PeriodReport(report, NOON.date(), (NOON + WHOLE_PERIOD).date(), "UTC")
    (table,) = (table for table in period.build_tables() if table.title == "lift")
    names = ("treated", "held out", "low", "high")
    return [Row(*(row[name] for name in names)) for row in table.to_dict()]  # type: ignore[arg-type]  # numbers


def _visit(
    customer: Customer,
    visits: Sequence[Visit],
    catalogue: Catalogue,
    report: Report,
    fold: EpisodeFold,
) -> tuple[Customer, int]:
    """Returns the customer after the visits, and how many messages they led to."""
    messages = 0
    for after, event_type in sorted(visits):
        event = an_event(
            event_type,
            f"{event_type} {after}",
            occurred_at=NOON + after,
            customer_id=customer.customer_id,
            properties={**PURCHASE, "order": str(after)} if event_type in SALES else {},
        )
        result = decide(
            [event], customer, catalogue, NO_SURROUNDINGS, event.occurred_at, customer.customer_id
        )
        episode = Episode(
            customer_id=customer.customer_id,
            version=0,
            decided_at=event.occurred_at,
            catalogue=catalogue.number,
            surroundings="",
            seed="",
            events=result.events,
            decisions=result.decisions,
        )
        fold.add_episode(report, RecordedEpisode(customer, episode))
        messages += sum(len(decision.actions) for decision in result.decisions)
        customer = result.customer
    return customer, messages
