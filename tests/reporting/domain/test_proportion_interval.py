"""The interval of a difference of two proportions, against the paper and against chance."""

import random
from math import comb

import pytest

from hub.reporting.domain.proportion_interval import newcombe_interval, wilson_interval

# Newcombe (1998), Statistics in Medicine 17, table II: method 10, without continuity correction.
PAPER = [
    ((56, 70, 48, 80), (0.0524, 0.3339)),
    ((9, 10, 3, 10), (0.1705, 0.8090)),
    ((6, 7, 2, 7), (0.0582, 0.8062)),
    ((5, 56, 0, 29), (-0.0381, 0.1926)),
    ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ((0, 10, 0, 10), (-0.2775, 0.2775)),
    ((10, 10, 0, 20), (0.6791, 1.0)),
    ((10, 10, 0, 10), (0.6075, 1.0)),
]


@pytest.mark.parametrize(("counted", "interval"), PAPER)
def test_the_papers_own_examples(
    counted: tuple[int, int, int, int], interval: tuple[float, float]
) -> None:
    assert newcombe_interval(*counted) == pytest.approx(interval, abs=5e-5)


def test_without_trials_nothing_is_known() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
    low, high = newcombe_interval(0, 0, 0, 0)
    assert low <= -1
    assert high >= 1


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """95 % on average over rates and sizes (the paper: 0.952 on average); by exact sums."""
    draw = random.Random(2026)  # noqa: S311 a test, not a secret
    covered = []
    for _ in range(30):
        trials, trials2 = draw.randint(10, 25), draw.randint(10, 25)
        rate, rate2 = draw.random(), draw.random()
        covered.append(
            sum(
                _chance(hits, trials, rate) * _chance(hits2, trials2, rate2)
                for hits in range(trials + 1)
                for hits2 in range(trials2 + 1)
                if _within(rate - rate2, newcombe_interval(hits, trials, hits2, trials2))
            )
        )
    assert 0.94 < sum(covered) / len(covered) < 0.965
    assert min(covered) > 0.86


def _within(value: float, interval: tuple[float, float]) -> bool:
    return interval[0] <= value <= interval[1]


def _chance(hits: int, trials: int, rate: float) -> float:
    return comb(trials, hits) * rate**hits * (1 - rate) ** (trials - hits)
