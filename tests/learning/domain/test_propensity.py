"""The estimate: shrunk with few data, repeatable, and never without a spread."""

from collections.abc import Mapping
from datetime import timedelta
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.learning.domain.beliefs import Beliefs
from hub.learning.domain.decaying_counters import Arm, CounterSnapshot, Decay, to_start_of_hour
from hub.learning.domain.explanation import explain_propensity
from hub.learning.domain.features import Feature
from hub.learning.domain.feedback import Exposure, Feedback, Increment, compute_increments
from hub.learning.domain.propensity import Learner, Propensity
from hub.surroundings.domain.surroundings import NO_SURROUNDINGS, Surroundings
from tests.factories import NOON
from tests.learning.domain.test_decaying_counters import add_up

MENS, WOMENS = Arm("mens", "email"), Arm("womens", "email")
LEARNER = Learner((Feature("tier"), Feature("region")))
GOLD = {"tier": "gold", "region": "north"}
BASIC = {"tier": "basic", "region": "north"}

Happened = list[tuple[Arm, str, str, int, int]]
histories = st.lists(
    st.tuples(
        st.sampled_from([MENS, WOMENS]),
        st.sampled_from(["gold", "basic"]),
        st.sampled_from(["north", "south", "east"]),
        st.integers(0, 400),
        st.integers(0, 400),
    ),
    max_size=8,
)


def outcome(arm: Arm, tier: str, region: str, shown: int, answered: int) -> tuple[Increment, ...]:
    exposure = Exposure(arm, (f"tier={tier}", f"region={region}"), NOON)
    return compute_increments(Feedback("l-1", exposure, shown, min(shown, answered)))


def beliefs_after(*happened: tuple[Arm, str, str, int, int], learner: Learner = LEARNER) -> Beliefs:
    increments = [increment for case in happened for increment in outcome(*case)]
    return Beliefs(learner, CounterSnapshot(add_up(increments), learner.decay, NOON))


def estimate(beliefs: Beliefs, arm: Arm, values: dict[str, str]) -> Propensity:
    return beliefs.propensity(arm, beliefs.assign_bins(values, arm.channel))


def test_before_the_first_exposure_the_expected_rate_counts() -> None:
    assert estimate(beliefs_after(), MENS, GOLD).mean == pytest.approx(0.1)
    rare = beliefs_after(learner=Learner(expected=0.002))
    assert estimate(rare, MENS, GOLD).mean == pytest.approx(0.002)


def test_an_offer_never_shown_has_the_rate_of_the_catalogue() -> None:
    beliefs = beliefs_after((WOMENS, "gold", "north", 10_000, 2_500))
    assert estimate(beliefs, MENS, GOLD).mean == pytest.approx(0.25, rel=1e-3)


def test_an_estimate_by_hand() -> None:
    """By hand: 50 of 200 gold and 10 of 100 basic for mens, nothing else, one feature."""
    learner = Learner((Feature("tier"),))
    beliefs = beliefs_after(
        (MENS, "gold", "north", 200, 50), (MENS, "basic", "north", 100, 10), learner=learner
    )
    mean = (60 + 10 * 0.1) / (300 + 10)
    alpha, beta = 60 + 10 * mean, 240 + 10 * (1 - mean)
    rate = alpha / (alpha + beta)
    relative_rate = (50 + 300 * mean) / (200 + 300) / mean
    gold = (50 + 300 * rate * relative_rate) / (200 + 300)
    log_odds = log(alpha / beta) + 0.5 * log(gold / rate)
    propensity = estimate(beliefs, MENS, {"tier": "gold"})
    assert propensity.mean == pytest.approx(1 / (1 + exp(-log_odds)), rel=1e-3)
    assert propensity.spread == pytest.approx(
        ((1 / alpha + 1 / beta) * (0.36 + 0.64 * 40 / (40 + 60))) ** 0.5, rel=1e-3
    )


def test_few_trials_move_the_estimate_little_and_many_move_it_far() -> None:
    usual = (WOMENS, "basic", "south", 10_000, 1_000)
    few = estimate(beliefs_after(usual, (MENS, "gold", "north", 2, 2)), MENS, BASIC)
    many = estimate(beliefs_after(usual, (MENS, "gold", "north", 2_000, 2_000)), MENS, BASIC)
    assert 0.1 < few.mean < 0.4
    assert many.mean > 0.9
    assert few.spread > 2 * many.spread


def test_gold_customers_are_expected_to_respond_to_a_new_offer_as_to_others() -> None:
    beliefs = beliefs_after(
        (WOMENS, "gold", "north", 5_000, 1_500), (WOMENS, "basic", "north", 5_000, 300)
    )
    assert estimate(beliefs, MENS, GOLD).mean > 1.5 * estimate(beliefs, MENS, BASIC).mean


@given(histories, st.floats(-50, 50))
def test_a_propensity_is_between_zero_and_one(happened: Happened, off: float) -> None:
    beliefs = beliefs_after(*happened)
    for values in (GOLD, BASIC, {}):
        propensity = estimate(beliefs, MENS, values)
        assert 0 < propensity.mean < 1
        assert 0 < propensity.value_at(off) < 1
        assert propensity.spread > 0


@given(histories, st.sampled_from(["gold", "basic"]), st.sampled_from(["north", "south", "east"]))
def test_a_success_instead_of_a_failure_never_lowers_the_estimate(
    happened: Happened, tier: str, region: str
) -> None:
    values = {"tier": tier, "region": region}
    failed = estimate(beliefs_after(*happened, (MENS, tier, region, 1, 0)), MENS, values)
    answered = estimate(beliefs_after(*happened, (MENS, tier, region, 1, 1)), MENS, values)
    assert answered.mean >= failed.mean - 1e-12


def test_the_explanation_has_every_number() -> None:
    beliefs = beliefs_after((MENS, "gold", "north", 400, 80), (WOMENS, "basic", "south", 400, 20))
    rows = explain_propensity(MENS, beliefs)
    assert [row["what"] for row in rows] == [
        *("catalogue", "offer", "region=north", "region=south", "tier=basic", "tier=gold")
    ]
    catalogue, offer, north, south, *_ = rows
    assert catalogue["rate"] == pytest.approx(100 / 800)
    assert offer["rate"] == pytest.approx(0.2)
    assert offer["low"] < offer["shrunk"] < offer["high"]
    assert (north["trials"], south["trials"]) == pytest.approx((400, 0), rel=1e-3)
    assert south["rate"] is None
    assert south["shrunk"] == pytest.approx(south["towards"])


def test_the_explanation_gives_the_propensity() -> None:
    beliefs = beliefs_after((MENS, "gold", "north", 400, 80), (WOMENS, "basic", "south", 400, 20))
    rows = {row["what"]: row for row in explain_propensity(MENS, beliefs)}
    odds = rows["offer"]["shrunk"] / (1 - rows["offer"]["shrunk"])
    odds *= rows["tier=gold"]["effect"] * rows["region=north"]["effect"]
    assert estimate(beliefs, MENS, GOLD).mean == pytest.approx(odds / (1 + odds))


def test_another_decay_is_another_key() -> None:
    assert Decay(timedelta(days=7)).key(MENS, 1).cell == "email#604800s#1"


def test_an_uncounted_bin_changes_nothing_and_is_not_cached() -> None:
    beliefs = beliefs_after((MENS, "gold", "north", 400, 80))
    plain = beliefs.propensity(MENS, ())
    for number in range(50):
        assert beliefs.propensity(MENS, (f"tier=new-{number}",)) == plain
    (_, effects) = beliefs._arms[MENS]
    assert effects == {}


def test_beliefs_are_computed_once_per_surroundings() -> None:
    learned: dict[str, dict[str, Mapping[str, int]]] = {}
    for increment in outcome(MENS, "gold", "north", 400, 80):
        learned.setdefault(increment.key.offer, {})[increment.key.cell] = increment.sums
    surroundings = Surroundings(learned=learned, as_of=to_start_of_hour(NOON))
    beliefs = surroundings.compute_beliefs(LEARNER)
    assert surroundings.compute_beliefs(Learner(LEARNER.features)) is beliefs
    assert surroundings.compute_beliefs(Learner(expected=0.3)) is not beliefs
    again = Surroundings.from_dict(surroundings.to_dict())
    assert (again.name, again) == (surroundings.name, surroundings)
    assert estimate(again.compute_beliefs(LEARNER), MENS, GOLD) == estimate(beliefs, MENS, GOLD)


def test_without_feedback_the_expected_rate_counts() -> None:
    assert estimate(NO_SURROUNDINGS.compute_beliefs(LEARNER), MENS, GOLD).mean == pytest.approx(0.1)
    assert NO_SURROUNDINGS.name == ""
