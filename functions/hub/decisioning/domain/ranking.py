"""Ranks candidates by their score: propensity x context weight x value x weight - cost.

`Candidate.value` is value x weight already. Value, cost and score are in minor units of money. The
propensity is drawn from its distribution (Thompson sampling: Thompson 1933; Chapelle & Li 2011), so
that offers with few trials are tried too. A message without an offer has no propensity: its score
is context weight x value - cost, with the value that the rule gives.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from hub.catalogue.domain.candidate import Candidate, Request
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.policy.context_weight import ContextWeight
from hub.catalogue.domain.policy.learning_policy import find_learner
from hub.expression.domain import Scope
from hub.learning.domain.normal_draws import draw_deviations, hash_seed
from hub.learning.domain.propensity import Propensity, to_probability


class PropensityDraw(NamedTuple):
    """The propensity that is estimated for an offer on a channel and these `bins` of the customer,
    and the probability `drawn` from it."""

    bins: tuple[str, ...]
    propensity: Propensity
    drawn: float


class RankedCandidate(NamedTuple):
    """A candidate of a request with its context `weight`, and its `score` in minor units. `draw` is
    None for a candidate without an offer."""

    request: Request
    candidate: Candidate
    weight: float
    score: float
    draw: PropensityDraw | None = None


def to_sort_key(ranked: RankedCandidate) -> tuple[int, int, float, str, str]:
    """Sorts the best first: by priority of rule, then of offer, then by score, then by name."""
    request, candidate, _, score, _ = ranked
    (subject, channel), priority = candidate.arm, candidate.priority
    return -request.priority, -priority, -score, subject, channel


class Ranking:
    """Ranks the candidates of one decision. The same seed gives the same draws."""

    def __init__(self, scope: Scope, catalogue: Catalogue, seed: str) -> None:
        learner = find_learner(catalogue.policies)
        self._beliefs = scope.surroundings.compute_beliefs(learner)
        self._bin_names = learner.name_bins(
            {name: _read_feature(scope, name) for name in learner.feature_names}
        )
        self._bins: dict[str, tuple[str, ...]] = {}
        self._seed_number = hash_seed(seed)
        self._current_weights = [
            policy
            for policy in catalogue.policies.of_kind(ContextWeight)
            if policy.when is None or policy.when.matches(scope)
        ]

    def rank(self, candidates: Iterable[tuple[Request, Candidate]]) -> list[RankedCandidate]:
        """Returns the best first."""
        scored = [self._score_candidate(request, candidate) for request, candidate in candidates]
        return sorted(scored, key=to_sort_key)

    def _score_candidate(self, request: Request, candidate: Candidate) -> RankedCandidate:
        weight = self._compute_context_weight(request, candidate) if self._current_weights else 1.0
        value, cost = candidate.value, candidate.cost
        if candidate.offer is None:
            return RankedCandidate(request, candidate, weight, weight * value - cost)
        arm = candidate.arm
        bins = self._bins.get(candidate.channel)
        if bins is None:
            channel = self._beliefs.channel(candidate.channel)
            bins = self._bins[candidate.channel] = channel.limit_bins(self._bin_names)
        log_odds, spread = propensity = self._beliefs.propensity(arm, bins)
        drawn = to_probability(log_odds + draw_deviations(self._seed_number, arm) * spread)
        draw = PropensityDraw(bins, propensity, drawn)
        return RankedCandidate(request, candidate, weight, drawn * weight * value - cost, draw)

    def _compute_context_weight(self, request: Request, candidate: Candidate) -> float:
        weight = 1.0
        about = candidate.channel, candidate.category, candidate.offer_id
        for policy in self._current_weights:
            has_tag = not policy.tag or (candidate.offer and policy.tag in candidate.offer.tags)
            if has_tag and policy.about.covers(*about, request.strategy):
                weight *= policy.weight
        return weight


def _read_feature(scope: Scope, name: str) -> Any:
    """Returns the value of a feature such as `customer.loyalty.tier` or `event.amount`, or None."""
    root, path = _split_path(name)
    value: Any = scope.event.properties if root == "event" else getattr(scope, root, None)
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
    return value


@lru_cache(64)
def _split_path(name: str) -> tuple[str, tuple[str, ...]]:
    root, *path = name.split(".")
    return root, tuple(path)
