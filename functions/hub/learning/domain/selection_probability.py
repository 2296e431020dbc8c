"""The probability that Thompson sampling makes the choice that it made.

With it, logged decisions can value another policy offline: each outcome is weighted by one over it
(Horvitz & Thompson 1952). It depends on the beliefs only, never on what was drawn.

At a given draw of its own, the chosen arm wins with the probability that every rival has a lower
value. This win curve rises with the draw. If it rises smoothly, a few even steps under the normal
density suffice, because the trapezoidal rule converges fast on such curves (Trefethen & Weideman
2014). If a rival is much more certain, the curve may rise in a step, anywhere. Then the area over
the quantiles of the draw is found by halving the interval with the largest possible error.

An arm whose draw is not worth more than a floor is not chosen at all. So only the draws above the
floor count, and arms together have less than probability 1.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from heapq import heappush, heapreplace
from math import erf, exp, inf, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from hub.learning.domain.propensity import Propensity, to_probability

EXACT_RIVALS = 5
MAX_SPREAD_RATIO, NEAR, LIKELY = 1.2, 0.25, 0.5
STEP, STEPS = 1.2, 2
MAX_BISECTIONS = 6
INTEGRATION_LIMIT = 4.0
TOLERANCE = 0.03
NEGLIGIBLE = 1e-4
_NORMAL = NormalDist()
_SQRT_HALF = sqrt(0.5)


class ArmPayoff(NamedTuple):
    """An arm whose draw p has the value `gain * p - cost`; `gain` is above 0."""

    propensity: Propensity
    gain: float = 1.0
    cost: float = 0.0


Rival = tuple[float, float, float, float]
"""`scale` and `offset` from the chosen arm's value to the rival's propensity of the same value, and
the rival's mean in log-odds and inverse spread."""
WinCurve = Callable[[float], float]
"""The probability to beat all rivals if the chosen arm is drawn so many deviations from its mean.
"""


def win_probability(chosen: ArmPayoff, rivals: Sequence[ArmPayoff], floor: float = -inf) -> float:
    """Computes the probability that `chosen` beats its rivals and is worth more than `floor`.

    The error is below 0.03 for up to five rivals, and below 0.003 if these are about as certain as
    the chosen arm and the floor is out of reach. Of more rivals, the strongest five count singly;
    one of the others, a third down their ranking, stands for them all. That is rough, but they are
    seldom chosen."""
    below = reject_probability(chosen, floor)
    if not rivals or below == 1:
        return 1 - below
    ranked = sorted(rivals, key=_strength_key) if len(rivals) > EXACT_RIVALS else rivals
    curve = _make_win_curve(chosen, ranked)
    if below < NEGLIGIBLE:
        is_smooth = _is_smooth(chosen, rivals)
        return _integrate_evenly(curve) if is_smooth else _integrate_by_bisection(curve, quantile)
    share = 1 - below

    def find_quantile(node: int) -> float:
        return _find_normal_quantile(below + share * _middle_of(node))

    return share * _integrate_by_bisection(curve, find_quantile, low=_find_normal_quantile(below))


class DrawsAbove(NamedTuple):
    """Equally likely `scores` of an arm above a floor. `share` is the probability of these."""

    scores: list[float]
    share: float


def list_draws_above(arm: ArmPayoff, floor: float, count: int = 32) -> DrawsAbove:
    """Lists the middles of `count` equally likely intervals of the arm's scores above `floor`."""
    (log_odds, spread), gain, cost = arm
    below = reject_probability(arm, floor)
    quantiles = (below + (1 - below) * (node + 0.5) / count for node in range(count))
    deviations = map(_find_normal_quantile, quantiles)
    scores = [gain * to_probability(log_odds + z * spread) - cost for z in deviations]
    return DrawsAbove(scores, 1 - below)


def place_probability(ahead: Iterable[float], places: int) -> float:
    """Computes the probability that fewer than `places` of independent events happen, each with the
    probability in `ahead`: that an arm gets a place although others may go before it."""
    counts = [1.0, *[0.0] * (places - 1)]
    for probability in ahead:
        for count in range(places - 1, 0, -1):
            counts[count] += probability * (counts[count - 1] - counts[count])
        counts[0] *= 1 - probability
    return sum(counts)


def reject_probability(arm: ArmPayoff, floor: float) -> float:
    """Computes the probability that the draw of the arm is worth `floor` or less."""
    (log_odds, spread), gain, cost = arm
    if gain <= 0:
        return float(-cost <= floor)
    equal = (floor + cost) / gain
    if equal <= 0:
        return 0.0
    if equal >= 1:
        return 1.0
    return 0.5 + 0.5 * erf((log(equal / (1 - equal)) - log_odds) * _SQRT_HALF / spread)


def _is_smooth(chosen: ArmPayoff, rivals: Iterable[ArmPayoff]) -> bool:
    """Whether the win curve rises smoothly.

    It does not if a rival is much more certain than the chosen arm. Nor does it if the draw at
    which the two have the same value needs a rival's probability near 0 or far up: there the
    log-odds diverge."""
    (log_odds, spread), gain, cost = chosen
    low, high = (
        gain * to_probability(log_odds + end * spread) for end in (-STEPS * STEP, STEPS * STEP)
    )
    for (_, rival_spread), rival_gain, rival_cost in rivals:
        extra_cost = cost - rival_cost
        if (
            spread > MAX_SPREAD_RATIO * rival_spread
            or extra_cost > NEAR * low
            or high - extra_cost > LIKELY * rival_gain
        ):
            return False
    return True


def _integrate_evenly(curve: WinCurve) -> float:
    middle = curve(0.0)
    return middle + sum(
        [
            weight * (curve(-deviations) + curve(deviations) - 2 * middle)
            for deviations, weight in _EVEN_STEPS
        ]
    )


def _integrate_by_bisection(
    curve: WinCurve, find_quantile: Callable[[int], float], low: float = -INTEGRATION_LIMIT
) -> float:
    """Integrates over the draws from `low` up. `find_quantile` gives the middle one of a node."""
    low, high = curve(low), curve(INTEGRATION_LIMIT)
    area, intervals = (low + high) / 2, [(low - high, 1, 1.0, low, high)]
    for _ in range(MAX_BISECTIONS):
        bound, node, width, low, high = intervals[0]
        if bound > -TOLERANCE:
            break
        middle, half = curve(find_quantile(node)), width / 2
        area += half * (middle - (low + high) / 2)
        heapreplace(intervals, ((low - middle) * half, 2 * node, half, low, middle))
        heappush(intervals, ((middle - high) * half, 2 * node + 1, half, middle, high))
    return area


def _weigh_even_steps() -> list[tuple[float, float]]:
    """Computes each step above the middle and its weight; the step below weighs the same."""
    densities = {n * STEP: exp(-((n * STEP) ** 2) / 2) for n in range(STEPS + 1)}
    total = 2 * sum(densities.values()) - 1
    return [
        (deviations, density / total) for deviations, density in densities.items() if deviations
    ]


_EVEN_STEPS = _weigh_even_steps()


def _strength_key(arm: ArmPayoff) -> float:
    """The negative value at a draw one deviation above the mean: the least is the strongest."""
    (log_odds, spread), gain, cost = arm
    return cost - gain * to_probability(log_odds + spread)


def _make_win_curve(chosen: ArmPayoff, ranked: Sequence[ArmPayoff]) -> WinCurve:
    (log_odds, spread), gain, cost = chosen
    strongest, others = _to_rivals(ranked[:EXACT_RIVALS], cost), ranked[EXACT_RIVALS:]
    typical = _to_rivals(others[len(others) // 3 :][:1], cost)

    def win_curve(deviations: float) -> float:
        value = gain * to_probability(log_odds + deviations * spread)
        wins = _beat_probability(value, strongest)
        return wins * _beat_probability(value, typical) ** len(others) if wins and others else wins

    return win_curve


def _to_rivals(arms: Sequence[ArmPayoff], cost: float) -> list[Rival]:
    return [
        (1 / gain, (rival_cost - cost) / gain, log_odds, _SQRT_HALF / spread)
        for (log_odds, spread), gain, rival_cost in arms
    ]


def _beat_probability(value: float, rivals: Iterable[Rival]) -> float:
    wins = 1.0
    for scale, offset, mean, inverse_spread in rivals:
        equal = value * scale + offset
        if equal < 1:
            if equal <= 0 or wins < NEGLIGIBLE:
                return 0.0
            wins *= 0.5 + 0.5 * erf((log(equal / (1 - equal)) - mean) * inverse_spread)
    return wins


@cache
def quantile(node: int) -> float:
    """The standard normal's quantile at the middle of a node's interval.

    Node 1 is the interval from 0 to 1; node n is halved into 2n and 2n + 1."""
    probability = _middle_of(node)
    low, high = -INTEGRATION_LIMIT, INTEGRATION_LIMIT
    for _ in range(50):
        middle = (low + high) / 2
        is_below = 0.5 + 0.5 * erf(middle * _SQRT_HALF) < probability
        low, high = (middle, high) if is_below else (low, middle)
    return (low + high) / 2


def _middle_of(node: int) -> float:
    depth = node.bit_length() - 1
    count = 1 << depth
    return (node - count + 0.5) / count


def _find_normal_quantile(probability: float) -> float:
    """The standard normal's quantile, within the limits of integration."""
    if not 0 < probability < 1:
        return INTEGRATION_LIMIT if probability >= 1 else -INTEGRATION_LIMIT
    deviations: float = _NORMAL.inv_cdf(probability)
    return max(-INTEGRATION_LIMIT, min(INTEGRATION_LIMIT, deviations))
