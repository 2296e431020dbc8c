"""What each candidate is worth at this moment: propensity x context weight x value x lever - cost.

The propensity is drawn, not taken as it is (Thompson sampling), so that what is little known is
tried. A `send` without an offer stands for itself: its value is taken as the rule gives it.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from hub.domain.candidate import Candidate
from hub.domain.catalogue import Catalogue
from hub.domain.expression import Scope
from hub.domain.learning.beliefs import Beliefs
from hub.domain.learning.chances import Stake, chance_to_win
from hub.domain.learning.counters import Arm
from hub.domain.learning.drawing import deviations, seeded
from hub.domain.learning.propensity import Propensity
from hub.domain.policy import ContextWeight

LEAST_GAIN = 1e-6


class Belief(NamedTuple):
    """What is believed of an offer on a channel for this kind of customer, and what was drawn."""

    bins: tuple[str, ...]
    propensity: Propensity
    drawn: float


class Ranked(NamedTuple):
    """A candidate and what it is worth, in minor units; `belief` is None without an offer."""

    candidate: Candidate
    weight: float
    value: float
    cost: float
    score: float
    belief: Belief | None = None


def order(one: Ranked) -> tuple[int, int, float, str, str]:
    """The best first: a marketer's priorities before any figure, ties by name."""
    candidate = one.candidate
    rule, offer = candidate.priority
    return -rule, -offer, -one.score, candidate.subject, candidate.channel


class Ranking:
    """Ranks the candidates of one decision. What is drawn comes from the seed."""

    def __init__(self, scope: Scope, catalogue: Catalogue, seed: str) -> None:
        self._scope = scope
        self._policies = catalogue.policies
        self._seed = seed
        self._bins: dict[str, tuple[str, ...]] = {}

    def ranked(self, candidates: Sequence[Candidate]) -> list[Ranked]:
        return sorted(map(self._rank, candidates), key=order)

    def _rank(self, candidate: Candidate) -> Ranked:
        offer, cost = candidate.offer, self._policies.costs.get(candidate.channel, 0.0)
        weight = self._weight(candidate) if self._weights else 1.0
        if offer is None:
            value = candidate.request.words.get("value", 0)
            return Ranked(candidate, weight, value, cost, weight * value - cost)
        belief, value, cost = (
            self._believe(candidate),
            offer.value * offer.weight,
            cost + offer.cost,
        )
        score = belief.drawn * weight * value - cost
        return Ranked(candidate, weight, value, cost, score, belief)

    def _believe(self, candidate: Candidate) -> Belief:
        channel, (beliefs, names, number) = candidate.channel, self._learned
        bins = self._bins.get(channel)
        if bins is None:
            bins = self._bins[channel] = beliefs.channel(channel).bins(names)
        arm = Arm(candidate.subject, channel)
        propensity = beliefs.propensity(arm, bins)
        return Belief(bins, propensity, propensity.at(deviations(number, arm)))

    @cached_property
    def _learned(self) -> tuple[Beliefs, tuple[str, ...], int]:
        """What is believed, the bins that the customer falls in, and what all draws come from."""
        learner = self._policies.learner
        values = {feature.name: _value(self._scope, feature.name) for feature in learner.features}
        beliefs = self._scope.surroundings.beliefs(learner)
        return beliefs, learner.names(values), seeded(self._seed)

    def _weight(self, candidate: Candidate) -> float:
        weight = 1.0
        about = candidate.channel, candidate.category, candidate.offer_id
        for context in self._weights:
            covered = context.about.covers(*about, candidate.request.strategy)
            tagged = not context.tag or (candidate.offer and context.tag in candidate.offer.tags)
            if covered and tagged:
                weight *= context.weight
        return weight

    @cached_property
    def _weights(self) -> tuple[ContextWeight, ...]:
        """Those whose condition holds now."""
        return tuple(
            context
            for context in self._policies.context_weights
            if context.when is None or context.when.matches(self._scope)
        )


def chance_of(chosen: Ranked, rivals: Sequence[Ranked]) -> float:
    """How likely it was to be drawn best, of the offers of its own priority. It lets another policy
    be valued offline (see `hub.domain.learning.chances`)."""
    standing = chosen.candidate.priority
    others = [
        _stake(one)
        for one in rivals
        if one.belief and one is not chosen and one.candidate.priority == standing
    ]
    return chance_to_win(_stake(chosen), others) if chosen.belief and others else 1.0


def _stake(one: Ranked) -> Stake:
    if one.belief is None:
        raise ValueError("nothing is drawn of what is no offer")
    return Stake(one.belief.propensity, max(one.weight * one.value, LEAST_GAIN), one.cost)


def _value(scope: Scope, name: str) -> Any:
    """`customer.loyalty.tier`, `event.amount`: None where there is none."""
    root, _, path = name.partition(".")
    found: Any = scope.event.properties if root == "event" else getattr(scope, root, None)
    for step in path.split(".") if path else ():
        found = found.get(step) if isinstance(found, Mapping) else getattr(found, step, None)
    return found
