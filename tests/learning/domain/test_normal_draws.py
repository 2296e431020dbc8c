"""The draws are standard normal, independent, and the same on every machine."""

from itertools import pairwise
from math import sqrt
from statistics import NormalDist

import pytest

from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.normal_draws import draw_deviations, hash_seed

MENS, WOMENS = Arm("mens", "email"), Arm("womens", "email")
MANY = 20_000


def draws(arm: Arm, event: str = "e") -> list[float]:
    return [draw_deviations(hash_seed(f"segue:{event}-{number}"), arm) for number in range(MANY)]


def correlation(values: list[float], others: list[float]) -> float:
    """Of values that are standard normal."""
    return sum(a * b for a, b in zip(values, others, strict=True)) / len(values)


def moment(values: list[float], power: int) -> float:
    return sum(value**power for value in values) / len(values)


def test_draws_are_standard_normal() -> None:
    values = draws(MENS)
    assert moment(values, 1) == pytest.approx(0, abs=0.02)
    assert moment(values, 2) == pytest.approx(1, abs=0.03)
    assert moment(values, 3) == pytest.approx(0, abs=0.06)
    assert moment(values, 4) == pytest.approx(3, abs=0.15)


def test_every_quantile_is_where_it_should_be() -> None:
    """Kolmogorov & Smirnov: 1.63 / sqrt(n) is passed once in a hundred times."""
    values, normal = sorted(draws(MENS)), NormalDist()
    furthest = max(abs(normal.cdf(x) - (at + 0.5) / MANY) for at, x in enumerate(values))
    assert furthest < 1.63 / sqrt(MANY)


def test_draws_of_two_arms_are_independent() -> None:
    mens, womens = draws(MENS), draws(WOMENS)
    assert abs(correlation(mens, womens)) < 4 / sqrt(MANY)
    assert abs(correlation([x * x - 1 for x in mens], [x * x - 1 for x in womens])) < 0.06


def test_draws_of_seeds_that_differ_by_a_digit_are_independent() -> None:
    values = draws(MENS)
    assert abs(sum(a * b for a, b in pairwise(values)) / MANY) < 4 / sqrt(MANY)


def test_draws_of_arms_whose_names_differ_by_a_letter_are_independent() -> None:
    seed = hash_seed("segue:e-1")
    values = [draw_deviations(seed, Arm(f"offer-{number}", "email")) for number in range(MANY)]
    assert moment(values, 1) == pytest.approx(0, abs=0.03)
    assert moment(values, 2) == pytest.approx(1, abs=0.04)
    assert abs(sum(a * b for a, b in pairwise(values)) / MANY) < 4 / sqrt(MANY)


def test_offer_and_channel_do_not_run_into_each_other() -> None:
    seed = hash_seed("s")
    assert draw_deviations(seed, Arm("a", "bc")) != draw_deviations(seed, Arm("ab", "c"))


def test_a_draw_is_the_same_to_the_last_bit_on_every_machine() -> None:
    assert hash_seed("seed-1") == SEEDED
    assert draw_deviations(SEEDED, MENS) == DRAWN


SEEDED = 65300790347434736665367311586887141846
DRAWN = -1.7094297499860829
