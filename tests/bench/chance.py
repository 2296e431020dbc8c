"""Whether `chance` in receipts is how often the choice is made, over generated fields of offers.

A field is a catalogue and surroundings: one to three rules, of which each asks for one or two
offers or a tag, or sends a template; offers with costs, priorities, weights, and totals of which
some are used up; and what was learned of each. Each field is decided `DECISIONS` times, which
differ in the seed alone. `chance.error.max` and `chance.error.mean` are of the difference between
the logged probability and the share of decisions in which the choice was made. The share itself is
known to 0.0065 (one standard error) at most. `chance.choices` is the number of choices compared.

A rule with several messages is decided without caps: `chance` assumes that they use up none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from math import sqrt
from random import Random
from statistics import mean
from typing import Any, NamedTuple

from hub.catalogue.domain.catalogue import Catalogue
from hub.decisioning.domain.decide import decide
from hub.expression.domain import Scope
from hub.inbound.domain.offer_selection import OfferQuery, select_offers
from hub.kernel.times import to_iso
from hub.learning.domain.decaying_counters import HALF_LIFE, Decay
from hub.surroundings.domain.surroundings import Surroundings
from tests.bench import Figures, Tell
from tests.catalogues import SEND, a_catalogue, a_policy, a_rule, an_offer
from tests.factories import NOON, a_customer, an_event

FIELDS, DECISIONS = 60, 6_000
TREATMENTS = {channel: {"template": "letter"} for channel in ("email", "web")}
WEB = "web"


class Field(NamedTuple):
    """What is decided on. With `places`, a page asks for that many offers; else an event comes."""

    catalogue: Catalogue
    surroundings: Surroundings
    places: int


class Compared(NamedTuple):
    """A choice: its logged probability, and the share of decisions that made it."""

    logged: float
    share: float

    @property
    def error(self) -> float:
        return abs(self.logged - self.share)


def figures(tell: Tell) -> Figures:
    compared = [c for seed in range(FIELDS) for c in compare(a_field(Random(seed)), DECISIONS)]  # noqa: S311 fields, not secrets
    errors = [choice.error for choice in compared]
    noise = mean(sqrt(c.share * (1 - c.share) / DECISIONS) for c in compared)
    tell(f"  {len(errors)} choices: {max(errors):.3f} at most, {mean(errors):.4f} on average")
    tell(f"  of which {noise:.4f} is that of the shares")
    return {
        "chance.choices": len(errors),
        "chance.error.max": round(max(errors), 4),
        "chance.error.mean": round(mean(errors), 4),
    }


def a_field(draw: Random) -> Field:
    names = [f"offer-{number}" for number in range(draw.randint(1, 5))]
    offers = [
        an_offer(
            name,
            treatments=TREATMENTS,
            value=draw.choice([0, 1000, 1000, 2000]),
            cost=draw.choice([0, 0, 20, 60, 100]),
            priority=draw.choice([0, 0, 0, 1]),
            weight=draw.choice([1, 1, 1.5]),
            **({"total": 5} if draw.random() < 0.2 else {}),
        )
        for name in names
    ]
    rules = [a_rule(f"rule-{n}", *_draw_verbs(draw, names)) for n in range(draw.randint(1, 3))]
    weights = a_policy("context_weight", "w", strategy="rule-1", weight=1.3)
    catalogue = a_catalogue(*rules, *offers, *([weights] if draw.random() < 0.3 else []))
    used_up = {f"offer:{name}": 5 for name in names if draw.random() < 0.5}
    surroundings = Surroundings(
        claimed=used_up, learned=_draw_learned(draw, names), as_of=to_iso(NOON)
    )
    return Field(catalogue, surroundings, draw.choice([0, 0, 1, 2]))


def _draw_verbs(draw: Random, names: list[str]) -> list[dict[str, Any]]:
    if draw.random() < 0.2:
        return [{**SEND, "value": draw.choice([30, 80])}]
    if draw.random() < 0.5:
        return [{"do": "offer", "tag": "spring", "channels": ["email"]}]
    asked = draw.sample(names, min(len(names), draw.choice([1, 2])))
    return [{"do": "offer", "offer": name, "channels": ["email"]} for name in asked]


def _draw_learned(draw: Random, names: list[str]) -> dict[str, dict[str, dict[str, int]]]:
    decay = Decay(HALF_LIFE)
    weight, era = decay.weight(NOON), decay.era(NOON)
    learned = dict[str, dict[str, dict[str, int]]]()
    for name in names:
        shown = draw.choice([0, 10, 100, 2000])
        answered = round(shown * draw.uniform(0.02, 0.15))
        sums = {"shown": shown * weight, "answered": answered * weight}
        cells = {f"{channel}#{HALF_LIFE.total_seconds():g}s#{era}": sums for channel in TREATMENTS}
        learned[name] = cells
    return learned


def compare(field: Field, decisions: int) -> list[Compared]:
    """Decides the field so often, and compares each choice."""
    made, logged = Counter[tuple[str, str]](), defaultdict[tuple[str, str], list[float]](list)
    for number in range(decisions):
        for name, chance in _list_choices(field, f"seed-{number}"):
            made[name] += 1
            logged[name].append(chance)
    return [Compared(mean(logged[name]), count / decisions) for name, count in made.items()]


def _list_choices(field: Field, seed: str) -> Iterator[tuple[tuple[str, str], float]]:
    event, customer = an_event(), a_customer()
    if field.places:
        scope = Scope(event, customer, NOON, field.surroundings)
        query = OfferQuery(WEB, limit=field.places)
        selection = select_offers(query, scope, field.catalogue, seed, lambda _: {})
        for offer in selection.offers:
            yield ("", offer.selected.ranked.candidate.subject), offer.selected.chance
        return
    result = decide([event], customer, field.catalogue, field.surroundings, NOON, seed)
    for choice in result.decisions[0].receipt["choices"]:
        if "made" in choice and "chance" in choice:
            yield (choice["rule"], choice["what"]), choice["chance"]
