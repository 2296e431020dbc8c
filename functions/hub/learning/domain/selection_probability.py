"""How likely a choice was: the probability that Thompson sampling picks what it picked.

Logged with a decision it lets another policy be valued offline, by weighing what happened with one
over it (Horvitz & Thompson 1952). It depends on beliefs alone, never on what was drawn.

The chosen arm wins at a draw of its own with the probability that every rival is worth less there,
a curve that rises. Where it does so gently, a few even steps under the bell are enough: on such
curves the trapezoidal rule converges fast (Trefethen & Weideman 2014). Where a rival is much surer
it may rise as a stair, anywhere: over the quantiles of the draw, the area under it is found by
halving the interval in which it may err most.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from heapq import heappush, heapreplace
from math import erf, exp, log, sqrt
from typing import NamedTuple

from hub.learning.domain.propensity import Propensity, to_probability

EXACT_RIVALS = 5
MAX_SPREAD_RATIO, NEAR, LIKELY = 1.2, 0.25, 0.5
STEP, STEPS = 1.2, 2
MAX_BISECTIONS = 6
INTEGRATION_LIMIT = 4.0
TOLERANCE = 0.03
NEGLIGIBLE = 1e-4
_SQRT_HALF = sqrt(0.5)


class ArmPayoff(NamedTuple):
    """An arm whose draw p is worth `gain * p - cost`; `gain` is above 0."""

    propensity: Propensity
    gain: float = 1.0
    cost: float = 0.0


Rival = tuple[float, float, float, float]
WinCurve = Callable[[float], float]
"""The chance to beat all rivals when the chosen is drawn so many deviations off."""


def win_probability(chosen: ArmPayoff, rivals: Sequence[ArmPayoff]) -> float:
    """Within 0.03 for up to five rivals, and 0.003 where they are about as sure as the chosen. Of
    more, the strongest five count singly and one a third down the others stands for all of those:
    roughly, as they are seldom chosen."""
    if not rivals:
        return 1.0
    ranked = sorted(rivals, key=_strength_key) if len(rivals) > EXACT_RIVALS else rivals
    wins = _make_win_curve(chosen, ranked)
    return _integrate_evenly(wins) if _is_smooth(chosen, rivals) else _integrate_by_bisection(wins)


def _is_smooth(chosen: ArmPayoff, rivals: Iterable[ArmPayoff]) -> bool:
    """Whether no rival is much surer than the chosen, or as good as worthless or certain where the
    two are worth the same: there its log-odds run away."""
    (log_odds, spread), gain, cost = chosen
    low, high = (
        gain * to_probability(log_odds + end * spread) for end in (-STEPS * STEP, STEPS * STEP)
    )
    for (_, its_spread), its_gain, its_cost in rivals:
        dearer = cost - its_cost
        if (
            spread > MAX_SPREAD_RATIO * its_spread
            or dearer > NEAR * low
            or high - dearer > LIKELY * its_gain
        ):
            return False
    return True


def _integrate_evenly(wins: WinCurve) -> float:
    middle = wins(0.0)
    return middle + sum(
        [
            weight * (wins(-deviations) + wins(deviations) - 2 * middle)
            for deviations, weight in _EVEN_STEPS
        ]
    )


def _integrate_by_bisection(wins: WinCurve) -> float:
    low, high = wins(-INTEGRATION_LIMIT), wins(INTEGRATION_LIMIT)
    area, unsure = (low + high) / 2, [(low - high, 1, 1.0, low, high)]
    for _ in range(MAX_BISECTIONS):
        bound, node, width, low, high = unsure[0]
        if bound > -TOLERANCE:
            break
        middle, half = wins(quantile(node)), width / 2
        area += half * (middle - (low + high) / 2)
        heapreplace(unsure, ((low - middle) * half, 2 * node, half, low, middle))
        heappush(unsure, ((middle - high) * half, 2 * node + 1, half, middle, high))
    return area


def _weigh_even_steps() -> list[tuple[float, float]]:
    """Each step above the middle, with its share of all: steps below weigh the same."""
    under = {n * STEP: exp(-((n * STEP) ** 2) / 2) for n in range(STEPS + 1)}
    total = 2 * sum(under.values()) - 1
    return [(deviations, height / total) for deviations, height in under.items() if deviations]


_EVEN_STEPS = _weigh_even_steps()


def _strength_key(stake: ArmPayoff) -> float:
    """What it costs more than it is worth on a good day: the least of it is the strongest."""
    (log_odds, spread), gain, cost = stake
    return cost - gain * to_probability(log_odds + spread)


def _make_win_curve(chosen: ArmPayoff, ranked: Sequence[ArmPayoff]) -> WinCurve:
    (log_odds, spread), gain, cost = chosen
    strongest, others = _to_rivals(ranked[:EXACT_RIVALS], cost), ranked[EXACT_RIVALS:]
    typical = _to_rivals(others[len(others) // 3 :][:1], cost)

    def wins(deviations: float) -> float:
        earned = gain * to_probability(log_odds + deviations * spread)
        won = _beat_probability(earned, strongest)
        return won * _beat_probability(earned, typical) ** len(others) if won and others else won

    return wins


def _to_rivals(stakes: Sequence[ArmPayoff], cost: float) -> list[Rival]:
    return [
        (1 / gain, (its - cost) / gain, log_odds, _SQRT_HALF / spread)
        for (log_odds, spread), gain, its in stakes
    ]


def _beat_probability(earned: float, rivals: Iterable[Rival]) -> float:
    won = 1.0
    for scale, ahead, centre, narrow in rivals:
        needed = earned * scale + ahead
        if needed < 1:
            if needed <= 0 or won < NEGLIGIBLE:
                return 0.0
            won *= 0.5 + 0.5 * erf((log(needed / (1 - needed)) - centre) * narrow)
    return won


@cache
def quantile(node: int) -> float:
    """Of the standard normal at the middle of an interval: 1 is the whole of 0 to 1, and node n is
    halved into 2n and 2n + 1."""
    depth = node.bit_length() - 1
    wanted = (node - 2**depth + 0.5) / 2**depth
    low, high = -INTEGRATION_LIMIT, INTEGRATION_LIMIT
    for _ in range(50):
        middle = (low + high) / 2
        below = 0.5 + 0.5 * erf(middle * _SQRT_HALF) < wanted
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2
