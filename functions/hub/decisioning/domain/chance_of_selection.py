"""The probability that a decision sends what it sends: `chance` in receipts.

Propensities are drawn, so another draw would have sent something else, or nothing. Candidates that
have no capacity cannot be chosen, and an offer whose draw brings no more than it costs is not sent.
With this probability another policy can be valued offline: each outcome is weighted by one over it
(Horvitz & Thompson 1952). It assumes that the messages of one rule use up no cap of each other.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import inf, nextafter, prod
from typing import NamedTuple

from hub.decisioning.domain.ranking import RankedCandidate
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.propensity import Propensity
from hub.learning.domain.selection_probability import (
    ArmPayoff,
    list_draws_above,
    place_probability,
    reject_probability,
    win_probability,
)

GRID_DRAWS = 16
"""How many draws of each candidate make the grid of scores of a rule with several messages."""

PayoffTerms = tuple[Propensity, float, float]
"""Propensity, gain (context weight x value) and cost, the last two in minor units."""
Tier = tuple[int, int]
"""Priority of rule and of offer. Those of a higher tier go before all others."""


def compute_selection_probability(
    chosen: RankedCandidate, contenders: Sequence[RankedCandidate], places: int = 1
) -> float:
    """Computes the probability that `chosen` is selected, between 0 and 1. The error is below 0.03
    for up to five rivals.

    `contenders` are all candidates that have their capacity as they were ranked, `chosen` included.
    One rule wins, and of each of its requests the best `places` candidates are selected."""
    if chosen.draw is None:
        return 1.0
    own_request = chosen.request
    of_others = [one for one in contenders if one.request is not own_request]
    rule_id = own_request.rule_id
    if all(one.request.rule_id != rule_id for one in of_others):
        return _compute_among_all(chosen, contenders, places)
    own = [one for one in contenders if one.request is own_request]
    if all(one.request.rule_id == rule_id for one in of_others):
        return _compute_among_all(chosen, own, places)
    return _compute_of_several(chosen, own, _drop_twins(contenders, rule_id))


def _drop_twins(contenders: Sequence[RankedCandidate], rule_id: str) -> list[RankedCandidate]:
    """Drops candidates that never are the first: another rule has the same offer on the same
    channel too, which has the same draw, and is ranked before. Only twins of the rule's own
    candidates are dropped, and its own."""
    first = dict[Arm, RankedCandidate]()
    for one in contenders:
        first.setdefault(one.candidate.arm, one)
    arms = {one.candidate.arm for one in contenders if one.request.rule_id == rule_id}
    return [
        one
        for one in contenders
        if one.candidate.arm not in arms
        or first[one.candidate.arm].request.rule_id == one.request.rule_id
    ]


def _compute_among_all(
    chosen: RankedCandidate, contenders: Iterable[RankedCandidate], places: int
) -> float:
    """Computes the probability that `chosen` is among the best `places` of all contenders."""
    arm, tier = chosen.candidate.arm, _to_tier(chosen)
    rivals, higher = dict[Arm, PayoffTerms](), dict[Arm, PayoffTerms]()
    fixed = list[float]()
    for request, candidate, weight, score, draw in contenders:
        other_tier = request.priority, candidate.priority
        if other_tier < tier:
            continue
        if draw is None or candidate.value <= 0:
            if candidate.arm != arm:
                fixed.append(score if other_tier == tier else inf)
        elif weight > 0:
            # The same offer on the same channel has the same draw, in whichever rule.
            arms = rivals if other_tier == tier else higher
            terms = draw.propensity, weight * candidate.value, candidate.cost
            known = arms.setdefault(candidate.arm, terms)
            if known < terms:
                arms[candidate.arm] = terms
    rivals.pop(arm, None)
    higher.pop(arm, None)
    return _compute_probability(
        _to_terms(chosen), tuple(rivals.values()), tuple(higher.values()), tuple(fixed), places
    )


@lru_cache(1024)
def _compute_probability(
    chosen: PayoffTerms,
    rivals: tuple[PayoffTerms, ...],
    higher: tuple[PayoffTerms, ...],
    fixed: tuple[float, ...],
    places: int,
) -> float:
    """Customers with the same bins and offers have the same probability, so it is cached.

    `higher` are rivals of a higher tier, which need only bring more than they cost. `fixed` are
    scores in which nothing is drawn."""
    ahead = [1 - reject_probability(ArmPayoff(*terms), 0) for terms in higher]
    payoff, payoffs = ArmPayoff(*chosen), [ArmPayoff(*terms) for terms in rivals]
    if payoff.gain <= 0:  # It brings nothing, so its score is what it costs, whatever it draws.
        ahead += (1 - reject_probability(rival, 0) for rival in payoffs)
        ahead += (1.0 for score in fixed if score > -payoff.cost)
        return place_probability(ahead, places)
    if places == 1:
        share = prod(1 - probability for probability in ahead)
        return share * win_probability(payoff, payoffs, max((0.0, *fixed)))
    total, draws = 0.0, list_draws_above(payoff, 0)
    for value in draws.scores:
        rivals_ahead = (1 - reject_probability(rival, value) for rival in payoffs)
        fixed_ahead = (1.0 for score in fixed if score > value)
        total += place_probability((*ahead, *rivals_ahead, *fixed_ahead), places)
    return draws.share * total / len(draws.scores)


class _Key(NamedTuple):
    """What candidates are ranked by. Subject and channel, which break ties, are left out."""

    tier: Tier
    score: float


def _compute_of_several(
    chosen: RankedCandidate,
    own: Sequence[RankedCandidate],
    without_twins: Sequence[RankedCandidate],
) -> float:
    """Computes the probability that `chosen` is the best of its request (`own`), and that it or a
    candidate of another request of its rule goes before those of all other rules.

    The keys of the best of these siblings are summed over a grid."""
    rule_id, arm = chosen.request.rule_id, chosen.candidate.arm
    rivals = [one for one in own if one.candidate.arm != arm]
    of_rule = [one for one in without_twins if one.request.rule_id == rule_id]
    siblings = [
        one for one in of_rule if one.request is not chosen.request and one.candidate.arm != arm
    ]
    can_be_first = any(one.candidate.arm == arm for one in of_rule)
    others = [
        one for one in without_twins if one.request.rule_id != rule_id and one.candidate.arm != arm
    ]
    grid = sorted({key for one in siblings for key in _list_keys(one)})
    sibling_below, others_below = (
        [_probability_below(key, group) for key in grid] + [1.0] for group in (siblings, others)
    )
    keys, share = _list_own_keys(chosen)
    total = 0.0
    for key in keys:
        below, wins = _probability_below(key, siblings), _probability_below(key, others)
        probability = below * wins if can_be_first else 0.0
        for at in range(bisect_right(grid, key), len(grid) + 1):
            probability += (sibling_below[at] - below) * (others_below[at] + wins) / 2
            below, wins = sibling_below[at], others_below[at]
        total += probability * _probability_below(key, rivals)
    return share * total / len(keys)


def _list_own_keys(chosen: RankedCandidate) -> tuple[list[_Key], float]:
    """Lists equally likely keys with which the candidate is sent, and the probability of that."""
    tier = _to_tier(chosen)
    if _is_fixed(chosen):
        return [_Key(tier, chosen.score)], 1.0
    draws = list_draws_above(ArmPayoff(*_to_terms(chosen)), 0)
    return [_Key(tier, score) for score in draws.scores], draws.share


def _list_keys(ranked: RankedCandidate) -> list[_Key]:
    tier = _to_tier(ranked)
    if _is_fixed(ranked):
        return [_Key(tier, ranked.score), _Key(tier, nextafter(ranked.score, inf))]
    if ranked.weight <= 0:
        return []
    draws = list_draws_above(ArmPayoff(*_to_terms(ranked)), 0, GRID_DRAWS)
    return [_Key(tier, 0.0), *(_Key(tier, score) for score in draws.scores)]


def _probability_below(key: _Key, candidates: Iterable[RankedCandidate]) -> float:
    """Computes the probability that no candidate is sent with a key above."""
    return prod(_probability_one_below(key, one) for one in candidates)


def _probability_one_below(key: _Key, ranked: RankedCandidate) -> float:
    tier = _to_tier(ranked)
    if _is_fixed(ranked):
        return float((tier, ranked.score) < key)
    if ranked.weight <= 0 or tier < key.tier:
        return 1.0
    floor = max(0.0, key.score) if tier == key.tier else 0.0
    return reject_probability(ArmPayoff(*_to_terms(ranked)), floor)


def _is_fixed(ranked: RankedCandidate) -> bool:
    """Whether nothing of its score is drawn."""
    return ranked.draw is None or ranked.candidate.value <= 0


def _to_tier(ranked: RankedCandidate) -> Tier:
    return ranked.request.priority, ranked.candidate.priority


def _to_terms(ranked: RankedCandidate) -> PayoffTerms:
    """Raises `ValueError` for a candidate without a draw."""
    if ranked.draw is None:
        raise ValueError("a candidate without an offer has no propensity")
    candidate = ranked.candidate
    return ranked.draw.propensity, ranked.weight * candidate.value, candidate.cost
