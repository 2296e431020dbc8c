"""Confidence intervals of a proportion and of the difference of two.

The interval is Newcombe's method 10, which joins the two Wilson intervals. It keeps its level for
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
    """The two ends of a confidence interval."""

    low: float
    high: float


def wilson_interval(hits: int, trials: int, z: float = Z95) -> Interval:
    """Computes the interval of one proportion: 0 to 1 without trials."""
    if not trials:
        return Interval(0.0, 1.0)
    rate, square = hits / trials, z * z
    middle = rate + square / (2 * trials)
    spread = z * sqrt(rate * (1 - rate) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return Interval(max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def newcombe_interval(hits: int, trials: int, hits2: int, trials2: int, z: float = Z95) -> Interval:
    """Computes the interval of the first proportion minus the second."""
    rate, rate2 = rate_of(hits, trials), rate_of(hits2, trials2)
    (low, high), (low2, high2) = (
        wilson_interval(hits, trials, z),
        wilson_interval(hits2, trials2, z),
    )
    difference = rate - rate2
    return Interval(
        difference - sqrt((rate - low) ** 2 + (high2 - rate2) ** 2),
        difference + sqrt((high - rate) ** 2 + (rate2 - low2) ** 2),
    )


def rate_of(hits: int, trials: int) -> float:
    """The share of hits; 0 without trials."""
    return hits / trials if trials else 0.0
