"""What each candidate is worth at this moment: propensity x context weight x value x lever - cost.

The propensity is drawn, not taken as it is (Thompson sampling), so that what is little known is
tried. A `send` without an offer stands for itself: its value is taken as the rule gives it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.catalogue import Catalogue
from hub.expression.domain import Scope
from hub.learning.domain.normal_draws import deviations, seeded
from hub.learning.domain.propensity import Propensity, chance
from hub.learning.domain.selection_probability import Stake, chance_to_win

LEAST_GAIN = 1e-6


class Belief(NamedTuple):
    """What is believed of an offer on a channel for this kind of customer, and what was drawn."""

    bins: tuple[str, ...]
    propensity: Propensity
    drawn: float


class Ranked(NamedTuple):
    """A candidate for a request and what it is worth, in minor units; `belief` is None without an
    offer."""

    request: Request
    candidate: Candidate
    weight: float
    score: float
    belief: Belief | None = None


def order(one: Ranked) -> tuple[int, int, float, str, str]:
    """The best first: a marketer's priorities before any figure, ties by name."""
    request, candidate, _, score, _ = one
    (subject, channel), priority = candidate.arm, candidate.priority
    return -request.priority, -priority, -score, subject, channel


class Ranking:
    """Ranks the candidates of one decision. What is drawn comes from the seed."""

    def __init__(self, scope: Scope, catalogue: Catalogue, seed: str) -> None:
        learner = catalogue.policies.learner
        self._beliefs = scope.surroundings.beliefs(learner)
        self._names = learner.names({name: _value(scope, name) for name in learner.wanted})
        self._bins: dict[str, tuple[str, ...]] = {}
        self._number = seeded(seed)
        # Those whose condition holds now.
        self._weights = [
            context
            for context in catalogue.policies.context_weights
            if context.when is None or context.when.matches(scope)
        ]

    def ranked(self, asked: Iterable[tuple[Request, Candidate]]) -> list[Ranked]:
        return sorted([self._rank(*one) for one in asked], key=order)

    def _rank(self, request: Request, candidate: Candidate) -> Ranked:
        weight = self._weight(request, candidate) if self._weights else 1.0
        value, cost = candidate.value, candidate.cost
        if candidate.offer is None:
            return Ranked(request, candidate, weight, weight * value - cost)
        arm = candidate.arm
        bins = self._bins.get(candidate.channel)
        if bins is None:
            channel = self._beliefs.channel(candidate.channel)
            bins = self._bins[candidate.channel] = channel.bins(self._names)
        log_odds, spread = believed = self._beliefs.propensity(arm, bins)
        drawn = chance(log_odds + deviations(self._number, arm) * spread)
        belief = Belief(bins, believed, drawn)
        return Ranked(request, candidate, weight, drawn * weight * value - cost, belief)

    def _weight(self, request: Request, candidate: Candidate) -> float:
        weight = 1.0
        about = candidate.channel, candidate.category, candidate.offer_id
        for context in self._weights:
            tagged = not context.tag or (candidate.offer and context.tag in candidate.offer.tags)
            if tagged and context.about.covers(*about, request.strategy):
                weight *= context.weight
        return weight


def chance_of(chosen: Ranked, rivals: Sequence[Ranked]) -> float:
    """How likely it was to be drawn best, of the offers of its own priority. It lets another policy
    be valued offline (see `hub.learning.domain.selection_probability`)."""
    if chosen.belief is None:
        return 1.0
    rule, offer = chosen.request.priority, chosen.candidate.priority
    others = [
        (belief.propensity, weight * candidate.value, candidate.cost)
        for request, candidate, weight, _, belief in rivals
        if belief and belief is not chosen.belief
        if request.priority == rule and candidate.priority == offer
    ]
    gain = chosen.weight * chosen.candidate.value
    return _chance((chosen.belief.propensity, gain, chosen.candidate.cost), tuple(others))


Terms = tuple[Propensity, float, float]
"""What is believed, what it would bring, what it costs."""


@lru_cache(1024)
def _chance(chosen: Terms, rivals: tuple[Terms, ...]) -> float:
    """For all customers of a kind the same offers are as likely: it is reckoned once for many."""
    return chance_to_win(_stake(chosen), list(map(_stake, rivals)))


def _stake(terms: Terms) -> Stake:
    believed, gain, cost = terms
    return Stake(believed, max(gain, LEAST_GAIN), cost)


def _value(scope: Scope, name: str) -> Any:
    """`customer.loyalty.tier`, `event.amount`: None where there is none."""
    root, path = _steps(name)
    found: Any = scope.event.properties if root == "event" else getattr(scope, root, None)
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else getattr(found, step, None)
    return found


@lru_cache(64)
def _steps(name: str) -> tuple[str, tuple[str, ...]]:
    root, *path = name.split(".")
    return root, tuple(path)
