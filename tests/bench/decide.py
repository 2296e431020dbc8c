"""A whole decision without any I/O: remembering, matching, gates, ranking, receipt.

All rules listen to the event and one of them matches. `decide.us.<rules>` is a rule that moves its
dialogue on; `decide.us.offers.<rules>` one that asks for the best of five offers, for two of which
the customer is eligible, on any of four channels, in a catalogue of 50 offers with consent, caps,
quiet hours, a holdout, a context weight, costs and a learner with two features that has learned of
all of them: eight messages are ranked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.expression.domain import Scope
from hub.kernel.times import to_iso
from hub.learning.domain.decaying_counters import HALF_LIFE, Decay
from hub.model.event import Event
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from tests.bench import Figures, Tell
from tests.bench.rule_sets import bands, cases, snapshot
from tests.bench.timing import Work, medians
from tests.catalogues import a_policy, a_template, an_offer
from tests.factories import NOON

SIZES = (100, 1_000, 10_000)
ROUNDS = 31
EVENTS = 1_000
OFFERS, TAGS = 50, 10
CHANNELS = ("email", "sms", "push", "call")
ELIGIBLE = (
    ("bronze", "silver"),
    ("silver", "gold"),
    ("gold", "platinum"),
    ("platinum", "bronze"),
    ("vip", "staff"),
)
TIERS = ("bronze", "silver", "gold", "platinum")


def figures(tell: Tell) -> Figures:
    """Microseconds a decision, by the number of rules that listen to the event."""
    turns = {}
    for size in SIZES:
        rules = bands(size)
        (case, *_) = cases(rules)
        plain = snapshot(rules)
        turns[f"decide.us.{size}"] = _turn(plain, case.scope, NO_SURROUNDINGS)
        turns[f"decide.us.offers.{size}"] = _turn(
            with_offers(plain), reachable(case.scope), learned()
        )
    taken = medians(turns, ROUNDS)
    for name, microseconds in taken.items():
        tell(f"  {name:24} {microseconds:8.1f} us")
    return {name: round(microseconds, 1) for name, microseconds in taken.items()}


def _turn(plain: Mapping[str, Any], scope: Scope, around: Surroundings) -> Work:
    """One event after the other, each at its own time. All are of one customer, so how likely each
    choice was is known from the second time on: of the first of a kind it takes a tenth more."""
    catalogue = Catalogue.from_snapshot(plain)
    waiting = cycle([_happened(scope.event, number) for number in range(EVENTS)])

    def turn() -> object:
        event = next(waiting)
        return decide([event], scope.customer, catalogue, around, event.received_at, "seed")

    return turn


def _happened(event: Event, number: int) -> Event:
    at = NOON + timedelta(seconds=number)
    return replace(event, id=f"e-{number}", occurred_at=at, received_at=at)


def with_offers(plain: Mapping[str, Any]) -> dict[str, Any]:
    rules = plain["rows"]["rules"]
    asking = {
        key: {**row, "then": [{"do": "offer", "tag": f"tag-{n % TAGS}"}]}
        for n, (key, row) in enumerate(rules.items())
    }
    ways = {c: {"template": "letter", "queue": "sales"} for c in CHANNELS if c == "call"}
    ways |= {c: {"template": "letter"} for c in CHANNELS if c != "call"}
    offers = [
        an_offer(
            f"offer-{n}",
            tags=[f"tag-{n % TAGS}"],
            category=f"category-{n % 5}",
            eligible=f"customer.loyalty.tier in {list(ELIGIBLE[n // TAGS])}",
            goal="order.paid",
            caps={"month": 2},
            treatments=ways,
        )
        for n in range(OFFERS)
    ]
    policies = [
        a_policy("frequency_cap", "cap", most={"day": 2, "week": 5}),
        a_policy("quiet_hours", "quiet", **{"from": "21:00", "to": "08:00"}),
        a_policy("holdout", "control", percent=5),
        a_policy("context_weight", "gold", when="customer.loyalty.tier == 'gold'", weight=2),
        a_policy("channel_cost", "sms", channel="sms", cost=7),
        a_policy(
            "learning",
            "learning",
            features=[{"name": "customer.loyalty.tier"}, {"name": "event.total", "bounds": [1000]}],
        ),
    ]
    tables = {
        "rules": asking,
        "offers": {offer["offer_id"]: offer for offer in offers},
        "policies": {policy["policy_id"]: policy for policy in policies},
        "templates": {"letter": a_template()},
    }
    return {"number": 1, "rows": tables}


def reachable(scope: Scope) -> Scope:
    """On all four channels."""
    consent = {channel: {"marketing": True} for channel in CHANNELS}
    contact = {**scope.customer.contact, "push": "endpoint-1"}
    return scope._replace(customer=replace(scope.customer, consent=consent, contact=contact))


def learned() -> Surroundings:
    """A thousand showings of each offer on each channel, to customers of every tier."""
    decay = Decay(HALF_LIFE)
    weight, era = decay.weight(NOON), decay.era(NOON)
    sums = {"shown": 1000 * weight, "answered": 50 * weight}
    for tier in TIERS:
        sums[f"shown customer.loyalty.tier={tier}"] = 250 * weight
        sums[f"answered customer.loyalty.tier={tier}"] = 12 * weight
    for band in ("<1000", ">=1000"):
        sums[f"shown event.total={band}"] = 500 * weight
        sums[f"answered event.total={band}"] = 25 * weight
    cells = {f"{c}#{HALF_LIFE.total_seconds():g}s#{era}": sums for c in CHANNELS}
    names = [*(f"offer-{n}" for n in range(OFFERS)), "*"]
    return Surroundings(learned=dict.fromkeys(names, cells), as_of=to_iso(NOON))
