"""What each candidate is worth at this moment: propensity x context weight x value x lever - cost.

The propensity is drawn, not taken as it is (Thompson sampling), so that what is little known is
tried. A `send` without an offer stands for itself: its value is taken as the rule gives it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.context_weight import ContextWeight
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.expression.domain import Scope
from hub.learning.domain.normal_draws import draw_deviations, hash_seed
from hub.learning.domain.propensity import Propensity, to_probability
from hub.learning.domain.selection_probability import ArmPayoff, win_probability

LEAST_GAIN = 1e-6


class PropensityDraw(NamedTuple):
    """What is believed of an offer on a channel for this kind of customer, and what was drawn."""

    bins: tuple[str, ...]
    propensity: Propensity
    drawn: float


class RankedCandidate(NamedTuple):
    """A candidate for a request and what it is worth, in minor units; `belief` is None without an
    offer."""

    request: Request
    candidate: Candidate
    weight: float
    score: float
    draw: PropensityDraw | None = None


def sort_key(ranked: RankedCandidate) -> tuple[int, int, float, str, str]:
    """The best first: a marketer's priorities before any figure, ties by name."""
    request, candidate, _, score, _ = ranked
    (subject, channel), priority = candidate.arm, candidate.priority
    return -request.priority, -priority, -score, subject, channel


class Ranking:
    """Ranks the candidates of one decision. What is drawn comes from the seed."""

    def __init__(self, scope: Scope, catalogue: Catalogue, seed: str) -> None:
        learner = find_learner(catalogue.policies)
        self._beliefs = scope.surroundings.compute_beliefs(learner)
        self._bin_names = learner.name_bins(
            {name: _read_feature(scope, name) for name in learner.feature_names}
        )
        self._bins: dict[str, tuple[str, ...]] = {}
        self._seed_number = hash_seed(seed)
        # Those whose condition holds now.
        self._context_weights = [
            context
            for context in catalogue.policies.of_kind(ContextWeight)
            if context.when is None or context.when.matches(scope)
        ]

    def rank(self, candidates: Iterable[tuple[Request, Candidate]]) -> list[RankedCandidate]:
        return sorted([self._score_candidate(*one) for one in candidates], key=sort_key)

    def _score_candidate(self, request: Request, candidate: Candidate) -> RankedCandidate:
        weight = self._compute_context_weight(request, candidate) if self._context_weights else 1.0
        value, cost = candidate.value, candidate.cost
        if candidate.offer is None:
            return RankedCandidate(request, candidate, weight, weight * value - cost)
        arm = candidate.arm
        bins = self._bins.get(candidate.channel)
        if bins is None:
            channel = self._beliefs.channel(candidate.channel)
            bins = self._bins[candidate.channel] = channel.limit_bins(self._bin_names)
        log_odds, spread = believed = self._beliefs.propensity(arm, bins)
        drawn = to_probability(log_odds + draw_deviations(self._seed_number, arm) * spread)
        belief = PropensityDraw(bins, believed, drawn)
        return RankedCandidate(request, candidate, weight, drawn * weight * value - cost, belief)

    def _compute_context_weight(self, request: Request, candidate: Candidate) -> float:
        weight = 1.0
        about = candidate.channel, candidate.category, candidate.offer_id
        for context in self._context_weights:
            tagged = not context.tag or (candidate.offer and context.tag in candidate.offer.tags)
            if tagged and context.about.covers(*about, request.strategy):
                weight *= context.weight
        return weight


def selection_probability(chosen: RankedCandidate, rivals: Sequence[RankedCandidate]) -> float:
    """How likely it was to be drawn best, of the offers of its own priority. It lets another policy
    be valued offline (see `hub.learning.domain.selection_probability`)."""
    if chosen.draw is None:
        return 1.0
    rule, offer = chosen.request.priority, chosen.candidate.priority
    others = [
        (belief.propensity, weight * candidate.value, candidate.cost)
        for request, candidate, weight, _, belief in rivals
        if belief and belief is not chosen.draw
        if request.priority == rule and candidate.priority == offer
    ]
    gain = chosen.weight * chosen.candidate.value
    return _compute_probability(
        (chosen.draw.propensity, gain, chosen.candidate.cost), tuple(others)
    )


PayoffTerms = tuple[Propensity, float, float]
"""What is believed, what it would bring, what it costs."""


@lru_cache(1024)
def _compute_probability(chosen: PayoffTerms, rivals: tuple[PayoffTerms, ...]) -> float:
    """For all customers of a kind the same offers are as likely: it is reckoned once for many."""
    return win_probability(_to_payoff(chosen), list(map(_to_payoff, rivals)))


def _to_payoff(terms: PayoffTerms) -> ArmPayoff:
    believed, gain, cost = terms
    return ArmPayoff(believed, max(gain, LEAST_GAIN), cost)


def _read_feature(scope: Scope, name: str) -> Any:
    """`customer.loyalty.tier`, `event.amount`: None where there is none."""
    root, path = _split_path(name)
    found: Any = scope.event.properties if root == "event" else getattr(scope, root, None)
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else getattr(found, step, None)
    return found


@lru_cache(64)
def _split_path(name: str) -> tuple[str, tuple[str, ...]]:
    root, *path = name.split(".")
    return root, tuple(path)
