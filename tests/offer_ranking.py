"""Offers ranked as `decide` ranks them, without rules, gates and customers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hub.catalogue.domain.candidate import Request
from hub.catalogue.domain.verbs.offer import MakeOffer
from hub.decisioning.domain.ranking import RankedCandidate, Ranking
from hub.expression.domain import Scope
from hub.kernel.times import to_iso
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Increment
from hub.model.customer import Customer
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from tests.catalogues import a_catalogue, a_policy, an_offer
from tests.factories import NOON, an_event

REQUEST = Request("r", "s", 0, 0, MakeOffer(offer="any"))
CUSTOMER = Customer(customer_id="c-1")


class OfferRanking:
    """E-mails of the offers of `values`, which says what an answer to each of them is worth.

    `features` are names of properties of the event. Money is in minor units.
    """

    def __init__(self, values: Mapping[str, float], features: Sequence[str]) -> None:
        self._catalogue = a_catalogue(
            an_offer("any"),
            a_policy("learning", features=[{"name": f"event.{name}"} for name in features]),
        )
        (email,) = self._catalogue.candidates_of(self._catalogue.offers["any"])
        self._candidates = [
            (REQUEST, replace(email, subject=name, arm=Arm(name, email.channel), value=value))
            for name, value in values.items()
        ]

    def rank(
        self,
        properties: Mapping[str, Any],
        *,
        seed: str,
        surroundings: Surroundings = NO_SURROUNDINGS,
        now: datetime = NOON,
    ) -> list[RankedCandidate]:
        """The best first, for whoever causes an event of these properties."""
        scope = Scope(an_event(properties=properties), CUSTOMER, now, surroundings)
        return Ranking(scope, self._catalogue, seed).rank(self._candidates)


class LearnedCounters:
    """Counters as the table stores them: offer -> cell -> sums."""

    def __init__(self, increments: Iterable[Increment] = ()) -> None:
        self._sums: dict[str, dict[str, Counter[str]]] = {}
        self.add(increments)

    def add(self, increments: Iterable[Increment]) -> None:
        for increment in increments:
            offer, cell = increment.key
            self._sums.setdefault(offer, {}).setdefault(cell, Counter()).update(increment.sums)

    def to_surroundings(self, as_of: datetime) -> Surroundings:
        """For use until the next increments are added: the counters are not copied."""
        return Surroundings(learned=self._sums, as_of=to_iso(as_of))
