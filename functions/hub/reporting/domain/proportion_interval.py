"""How far apart two proportions are, and how surely.

The interval is Newcombe's method 10, which joins the two Wilson intervals; it holds its level for
small numbers and for rates near 0, where the textbook's does not. R. G. Newcombe, "Interval
estimation for the difference between independent proportions: comparison of eleven methods",
Statistics in Medicine 17 (1998), 873-890; E. B. Wilson, "Probable inference, the law of succession,
and statistical inference", JASA 22 (1927), 209-212.
"""

from math import sqrt
from typing import NamedTuple

Z95 = 1.959963984540054
"""The normal distribution's quantile of 97.5 %."""


class Interval(NamedTuple):
    low: float
    high: float


def wilson_interval(hits: int, trials: int, z: float = Z95) -> Interval:
    """Of one proportion; all of 0 to 1 where nothing was tried."""
    if not trials:
        return Interval(0.0, 1.0)
    rate, square = hits / trials, z * z
    middle = rate + square / (2 * trials)
    spread = z * sqrt(rate * (1 - rate) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return Interval(max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def newcombe_interval(hits: int, trials: int, hits2: int, trials2: int, z: float = Z95) -> Interval:
    """Of the first proportion less the second."""
    one, other = rate_of(hits, trials), rate_of(hits2, trials2)
    (low, high), (low2, high2) = (
        wilson_interval(hits, trials, z),
        wilson_interval(hits2, trials2, z),
    )
    difference = one - other
    return Interval(
        difference - sqrt((one - low) ** 2 + (high2 - other) ** 2),
        difference + sqrt((high - one) ** 2 + (other - low2) ** 2),
    )


def rate_of(hits: int, trials: int) -> float:
    return hits / trials if trials else 0.0
