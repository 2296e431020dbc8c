"""How likely a choice was: the probability that Thompson sampling picks what it picked.

Logged with a decision it lets another policy be valued offline, by weighing what happened with one
over it (Horvitz & Thompson 1952). It depends on beliefs alone, never on what was drawn.

The chosen arm wins at a draw u of its own (a uniform one, its propensity's quantile) with the
probability F(u) that every rival is worth less there. F rises, so the area under it is found by
halving the interval in which it may err most: a step is cornered, a slope needs few points.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from heapq import heappush, heapreplace
from math import erf, log, sqrt
from typing import NamedTuple

from hub.domain.learning.propensity import Propensity, chance

SINGLED_OUT = 5
POINTS = 6
ENDS = 4.0
GOOD_ENOUGH = 0.03
LOST = 1e-4
_ROOT = sqrt(0.5)


class Stake(NamedTuple):
    """An arm whose draw p is worth `gain * p - cost`; `gain` is above 0."""

    propensity: Propensity
    gain: float = 1.0
    cost: float = 0.0


Rival = tuple[float, float, float, float]


def chance_to_win(chosen: Stake, rivals: Sequence[Stake]) -> float:
    """Within 0.03 for up to five rivals. Of more, the strongest five count singly and one a third
    down the others stands for all of those: roughly, as they are seldom chosen."""
    ranked = sorted(rivals, key=_promise) if len(rivals) > SINGLED_OUT else rivals
    wins = _wins(chosen, ranked)
    low, high = wins(-ENDS), wins(ENDS)
    area, unsure = (low + high) / 2, [(low - high, 1, 1.0, low, high)]
    for _ in range(POINTS):
        bound, node, width, low, high = unsure[0]
        if bound > -GOOD_ENOUGH:
            break
        middle, half = wins(quantile(node)), width / 2
        area += half * (middle - (low + high) / 2)
        heapreplace(unsure, ((low - middle) * half, 2 * node, half, low, middle))
        heappush(unsure, ((middle - high) * half, 2 * node + 1, half, middle, high))
    return area


def _promise(stake: Stake) -> float:
    """What it costs more than it is worth on a good day: the least of it is the strongest."""
    (log_odds, spread), gain, cost = stake
    return cost - gain * chance(log_odds + spread)


def _wins(chosen: Stake, ranked: Sequence[Stake]) -> Callable[[float], float]:
    """The chance to beat all rivals when the chosen is drawn so many deviations off."""
    (log_odds, spread), gain, cost = chosen
    strongest = [_rival(rival, cost) for rival in ranked[:SINGLED_OUT]]
    others = ranked[SINGLED_OUT:]
    typical = [_rival(others[len(others) // 3], cost)] if others else []

    def wins(deviations: float) -> float:
        return _beats(gain * chance(log_odds + deviations * spread), strongest)

    def wins_all(deviations: float) -> float:
        earned = gain * chance(log_odds + deviations * spread)
        return _beats(earned, strongest) * _beats(earned, typical) ** len(others)

    return wins_all if others else wins


def _rival(rival: Stake, cost: float) -> Rival:
    (log_odds, spread), gain, its = rival
    return 1 / gain, (its - cost) / gain, log_odds, _ROOT / spread


def _beats(earned: float, rivals: Iterable[Rival]) -> float:
    won = 1.0
    for scale, ahead, centre, narrow in rivals:
        needed = earned * scale + ahead
        if needed < 1:
            if needed <= 0 or won < LOST:
                return 0.0
            won *= 0.5 + 0.5 * erf((log(needed / (1 - needed)) - centre) * narrow)
    return won


@cache
def quantile(node: int) -> float:
    """Of the standard normal at the middle of an interval: 1 is the whole of 0 to 1, and node n is
    halved into 2n and 2n + 1."""
    depth = node.bit_length() - 1
    wanted = (node - 2**depth + 0.5) / 2**depth
    low, high = -ENDS, ENDS
    for _ in range(50):
        middle = (low + high) / 2
        below = 0.5 + 0.5 * erf(middle * _ROOT) < wanted
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2
