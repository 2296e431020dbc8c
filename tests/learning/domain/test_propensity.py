"""The estimate: shrunk when data are few, repeatable, and never sure of nothing."""

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
from tests.learning.domain.test_decaying_counters import stored

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
    showing = Exposure(arm, (f"tier={tier}", f"region={region}"), NOON)
    return compute_increments(Feedback("l-1", showing, shown, min(shown, answered)))


def known(*happened: tuple[Arm, str, str, int, int], learner: Learner = LEARNER) -> Beliefs:
    told = [increment for case in happened for increment in outcome(*case)]
    return Beliefs(learner, CounterSnapshot(stored(told), learner.decay, NOON))


def believed(beliefs: Beliefs, arm: Arm, values: dict[str, str]) -> Propensity:
    return beliefs.propensity(arm, beliefs.assign_bins(values, arm.channel))


def test_before_the_first_showing_everybody_answers_as_expected() -> None:
    assert believed(known(), MENS, GOLD).mean == pytest.approx(0.1)
    rare = known(learner=Learner(expected=0.002))
    assert believed(rare, MENS, GOLD).mean == pytest.approx(0.002)


def test_an_offer_never_shown_answers_as_the_catalogue_does() -> None:
    beliefs = known((WOMENS, "gold", "north", 10_000, 2_500))
    assert believed(beliefs, MENS, GOLD).mean == pytest.approx(0.25, rel=1e-3)


def test_the_known_answer() -> None:
    """By hand: 50 of 200 gold and 10 of 100 basic for mens, nothing else, one feature."""
    learner = Learner((Feature("tier"),))
    beliefs = known(
        (MENS, "gold", "north", 200, 50), (MENS, "basic", "north", 100, 10), learner=learner
    )
    mean = (60 + 10 * 0.1) / (300 + 10)
    won, lost = 60 + 10 * mean, 240 + 10 * (1 - mean)
    rate = won / (won + lost)
    lift = (50 + 300 * mean) / (200 + 300) / mean
    gold = (50 + 300 * rate * lift) / (200 + 300)
    log_odds = log(won / lost) + 0.5 * log(gold / rate)
    found = believed(beliefs, MENS, {"tier": "gold"})
    assert found.mean == pytest.approx(1 / (1 + exp(-log_odds)), rel=1e-3)
    assert found.spread == pytest.approx(
        ((1 / won + 1 / lost) * (0.36 + 0.64 * 40 / (40 + 60))) ** 0.5, rel=1e-3
    )


def test_few_trials_move_the_estimate_little_and_many_move_it_far() -> None:
    usual = (WOMENS, "basic", "south", 10_000, 1_000)
    few = believed(known(usual, (MENS, "gold", "north", 2, 2)), MENS, BASIC)
    many = believed(known(usual, (MENS, "gold", "north", 2_000, 2_000)), MENS, BASIC)
    assert 0.1 < few.mean < 0.4
    assert many.mean > 0.9
    assert few.spread > 2 * many.spread


def test_what_gold_customers_do_is_expected_of_them_with_a_new_offer_too() -> None:
    beliefs = known((WOMENS, "gold", "north", 5_000, 1_500), (WOMENS, "basic", "north", 5_000, 300))
    assert believed(beliefs, MENS, GOLD).mean > 1.5 * believed(beliefs, MENS, BASIC).mean


@given(histories, st.floats(-50, 50))
def test_a_propensity_lies_between_nought_and_one(happened: Happened, off: float) -> None:
    beliefs = known(*happened)
    for values in (GOLD, BASIC, {}):
        found = believed(beliefs, MENS, values)
        assert 0 < found.mean < 1
        assert 0 < found.value_at(off) < 1
        assert found.spread > 0


@given(histories, st.sampled_from(["gold", "basic"]), st.sampled_from(["north", "south", "east"]))
def test_a_success_instead_of_a_failure_never_lowers_the_estimate(
    happened: Happened, tier: str, region: str
) -> None:
    values = {"tier": tier, "region": region}
    failed = believed(known(*happened, (MENS, tier, region, 1, 0)), MENS, values)
    answered = believed(known(*happened, (MENS, tier, region, 1, 1)), MENS, values)
    assert answered.mean >= failed.mean - 1e-12


def test_every_number_is_shown() -> None:
    beliefs = known((MENS, "gold", "north", 400, 80), (WOMENS, "basic", "south", 400, 20))
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


def test_the_shown_numbers_give_the_propensity() -> None:
    beliefs = known((MENS, "gold", "north", 400, 80), (WOMENS, "basic", "south", 400, 20))
    rows = {row["what"]: row for row in explain_propensity(MENS, beliefs)}
    odds = rows["offer"]["shrunk"] / (1 - rows["offer"]["shrunk"])
    odds *= rows["tier=gold"]["effect"] * rows["region=north"]["effect"]
    assert believed(beliefs, MENS, GOLD).mean == pytest.approx(odds / (1 + odds))


def test_another_decay_is_another_key() -> None:
    assert Decay(timedelta(days=7)).key(MENS, 1).cell == "email#604800s#1"


def test_a_bin_that_was_never_counted_changes_nothing_and_is_not_kept() -> None:
    beliefs = known((MENS, "gold", "north", 400, 80))
    plain = beliefs.propensity(MENS, ())
    for number in range(50):
        assert beliefs.propensity(MENS, (f"tier=new-{number}",)) == plain
    (_, effects) = beliefs._arms[MENS]
    assert effects == {}


def test_beliefs_are_reckoned_once_for_as_long_as_the_surroundings_hold() -> None:
    told = outcome(MENS, "gold", "north", 400, 80)
    learned: dict[str, dict[str, Mapping[str, int]]] = {}
    for one in told:
        learned.setdefault(one.key.offer, {})[one.key.cell] = one.sums
    around = Surroundings(learned=learned, as_of=to_start_of_hour(NOON))
    beliefs = around.compute_beliefs(LEARNER)
    assert around.compute_beliefs(Learner(LEARNER.features)) is beliefs
    assert around.compute_beliefs(Learner(expected=0.3)) is not beliefs
    again = Surroundings.from_dict(around.to_dict())
    assert (again.name, again) == (around.name, around)
    assert believed(again.compute_beliefs(LEARNER), MENS, GOLD) == believed(beliefs, MENS, GOLD)


def test_where_nothing_was_learned_everybody_answers_as_expected() -> None:
    assert believed(NO_SURROUNDINGS.compute_beliefs(LEARNER), MENS, GOLD).mean == pytest.approx(0.1)
    assert NO_SURROUNDINGS.name == ""
