"""The selection probability of a choice is how often it is made."""

from dataclasses import dataclass
from itertools import count
from math import log, prod
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.learning.domain.propensity import Propensity, to_probability
from hub.learning.domain.selection_probability import ArmPayoff, win_probability

payoffs = st.builds(
    ArmPayoff,
    st.builds(Propensity, st.floats(-5, 0), st.floats(0.01, 1.3)),
    st.floats(0.2, 20),
    st.floats(0, 1),
)
fields = st.lists(payoffs, min_size=2, max_size=6)


@dataclass(frozen=True)
class Draws:
    """Many draws of each of some arms, and how often each came out best."""

    shares: list[float]

    @classmethod
    def of(cls, field: list[ArmPayoff], rounds: int = 8_000) -> "Draws":
        random, wins = Random(7), [0] * len(field)  # noqa: S311 chance, not a secret
        for _ in range(rounds):
            values = [
                payoff.gain * payoff.propensity.value_at(random.gauss(0, 1)) - payoff.cost
                for payoff in field
            ]
            wins[values.index(max(values))] += 1
        return cls([times / rounds for times in wins])


def chances(field: list[ArmPayoff]) -> list[float]:
    return [
        win_probability(payoff, [*field[:at], *field[at + 1 :]])
        for at, payoff in zip(count(), field, strict=False)
    ]


def a_payoff(log_odds: float = -2.0, spread: float = 0.5, **terms: float) -> ArmPayoff:
    return ArmPayoff(Propensity(log_odds, spread), **terms)


def a_random_payoff(random: Random) -> ArmPayoff:
    propensity = Propensity(random.uniform(-5, 0), 10 ** random.uniform(-2, 0.1))
    return ArmPayoff(propensity, 10 ** random.uniform(-0.5, 1), random.choice([0, 0.1, 0.5]))


@pytest.mark.parametrize("rivals", [1, 2, 3, 4, 5])
def test_the_probability_is_how_often_the_arm_is_drawn_best(rivals: int) -> None:
    random = Random(rivals)  # noqa: S311 chance, not a secret
    for _ in range(12):
        field = [a_random_payoff(random) for _ in range(rivals + 1)]
        assert chances(field) == pytest.approx(Draws.of(field).shares, abs=0.03)


def test_a_certain_arm_between_the_draws_of_an_uncertain_one_is_found() -> None:
    """Where the chance to win is a step, no matter where the step lies."""
    for at in range(-20, 21):
        wide, sharp = a_payoff(-2, 1), a_payoff(-2 + at / 10, 0.001)
        assert chances([wide, sharp]) == pytest.approx(Draws.of([wide, sharp]).shares, abs=0.03)


def test_the_probability_of_the_best_of_twenty_arms_is_right() -> None:
    random = Random(3)  # noqa: S311 chance, not a secret
    for _ in range(5):
        field = [a_random_payoff(random) for _ in range(20)]
        shares = Draws.of(field).shares
        best = shares.index(max(shares))
        assert chances(field)[best] == pytest.approx(shares[best], abs=0.05)


def integrate(chosen: ArmPayoff, rivals: list[ArmPayoff]) -> float:
    """The exact probability, by many steps, with every rival counted singly."""
    (log_odds, spread), gain, cost = chosen
    normal, total = NormalDist(), 0.0
    for step in range(-500, 501):
        deviations = step / 100
        value = gain * to_probability(log_odds + deviations * spread) - cost
        total += normal.pdf(deviations) / 100 * prod(lower(value, rival) for rival in rivals)
    return total


def lower(value: float, rival: ArmPayoff) -> float:
    """The probability that the rival has a lower value."""
    equal = (value + rival.cost) / rival.gain
    if not 0 < equal < 1:
        return float(equal >= 1)
    return NormalDist(*rival.propensity).cdf(log(equal / (1 - equal)))


@pytest.mark.parametrize("rivals", [1, 2, 3, 4, 5])
def test_among_arms_of_similar_certainty_it_is_right_to_a_hundredth(rivals: int) -> None:
    random = Random(rivals)  # noqa: S311 chance, not a secret
    for _ in range(20):
        field = [
            a_payoff(
                random.gauss(-3, 0.3), random.uniform(0.1, 0.12), cost=random.choice([0, 0.005])
            )
            for _ in range(rivals + 1)
        ]
        exact = integrate(field[0], field[1:])
        assert win_probability(field[0], field[1:]) == pytest.approx(exact, abs=0.005)


def test_a_rival_near_its_highest_value_is_not_integrated_evenly() -> None:
    """It is as certain as the chosen arm, but its value cannot exceed its gain: a step."""
    random = Random(5)  # noqa: S311 chance, not a secret
    for _ in range(60):
        chosen = a_payoff(random.uniform(-3, 0), 0.3, gain=random.uniform(1, 10))
        rival = a_payoff(random.uniform(-1, 3), 0.3, gain=random.uniform(0.5, 2), cost=0.1)
        exact = integrate(chosen, [rival])
        assert win_probability(chosen, [rival]) == pytest.approx(exact, abs=0.03)


def test_equal_arms_have_equal_probabilities() -> None:
    assert chances([a_payoff()] * 2) == pytest.approx([1 / 2] * 2, abs=0.01)
    assert chances([a_payoff()] * 6) == pytest.approx([1 / 6] * 6, abs=0.02)
    assert chances([a_payoff()] * 20) == pytest.approx([1 / 20] * 20, abs=0.02)


def test_an_arm_alone_is_certain_to_be_chosen() -> None:
    assert chances([a_payoff()]) == [1]


def test_an_arm_that_can_never_reach_the_other_is_never_chosen() -> None:
    dear, cheap = a_payoff(0.0, cost=2.0), a_payoff(-4.0)
    assert chances([dear, cheap]) == [0, 1]


@given(fields)
def test_all_chances_together_are_about_one(field: list[ArmPayoff]) -> None:
    probabilities = chances(field)
    assert all(0 <= probability <= 1 for probability in probabilities)
    assert sum(probabilities) == pytest.approx(1, abs=0.08)


@given(fields, st.floats(0.1, 3))
def test_a_better_arm_is_never_less_likely(field: list[ArmPayoff], better: float) -> None:
    first, *others = field
    log_odds, spread = first.propensity
    improved = first._replace(propensity=Propensity(log_odds + better, spread))
    assert win_probability(improved, others) >= win_probability(first, others) - 0.03
    dearer = first._replace(cost=first.cost + better)
    assert win_probability(dearer, others) <= win_probability(first, others) + 0.03


@given(fields)
def test_another_rival_never_helps(field: list[ArmPayoff]) -> None:
    first, another, *others = field
    assert win_probability(first, [another, *others]) <= win_probability(first, others) + 0.03


@given(fields, st.randoms())
def test_the_order_of_rivals_hardly_matters(field: list[ArmPayoff], random: Random) -> None:
    first, *others = field
    before = win_probability(first, others)
    random.shuffle(others)
    assert win_probability(first, others) == pytest.approx(before, abs=1e-3)
