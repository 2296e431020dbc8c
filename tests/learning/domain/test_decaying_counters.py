"""The counters: they fade by half-life, and only the sum of what was added matters."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.learning.domain.decaying_counters import (
    ERA,
    Arm,
    ArmCounters,
    BinTotals,
    CounterKey,
    CounterSnapshot,
    Decay,
    list_counter_keys,
    to_start_of_hour,
)
from hub.learning.domain.feedback import (
    Exposure,
    Feedback,
    Increment,
    compute_increments,
    merge_increments,
)
from tests.factories import NOON

MAIL = Arm("mens", "email")
DECAY = Decay(timedelta(days=30))
BINS = ("tier=gold", "place.region=north")

moments = st.datetimes(datetime(2020, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 given a zone beside it
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
showings = st.builds(
    Exposure,
    st.builds(Arm, st.sampled_from(["mens", "womens"]), st.sampled_from(["email", "call"])),
    st.lists(st.sampled_from(["a=1", "a=2", "b=x"]), unique=True, max_size=3).map(tuple),
    moments,
    st.just(DECAY.half_life),
)
outcomes = st.lists(st.tuples(showings, st.integers(0, 1)), max_size=20)


def stored(increments: Iterable[Increment]) -> dict[CounterKey, dict[str, int]]:
    sums: dict[CounterKey, Counter[str]] = {}
    for increment in increments:
        sums.setdefault(increment.key, Counter()).update(increment.sums)
    return {key: dict(found) for key, found in sums.items()}


def learn(showing: Exposure, *, shown: int = 0, answered: int = 0) -> tuple[Increment, ...]:
    return compute_increments(Feedback("l-1", showing, shown, answered))


def after(
    *outcomes: tuple[Exposure, int], now: datetime = NOON, decay: Decay = DECAY
) -> ArmCounters:
    """The counters of the first outcome's arm."""
    told = [i for showing, won in outcomes for i in learn(showing, shown=1, answered=won)]
    return CounterSnapshot(stored(told), decay, now).read_arm(outcomes[0][0].arm)


def a_showing(at: datetime = NOON, arm: Arm = MAIL) -> Exposure:
    return Exposure(arm, BINS, at)


def test_an_outcome_counts_for_the_offer_its_bins_and_the_catalogue() -> None:
    told = stored(learn(a_showing(), shown=1, answered=1))
    found = CounterSnapshot(told, DECAY, NOON)
    for tally in (found.read_arm(MAIL), found.read_channel("email")):
        assert tally.list_bin_names() == ["place.region=north", "tier=gold"]
        for name in ("", *BINS):
            assert tally.sum_bin(name) == pytest.approx((1, 1), rel=1e-3)
    assert found.read_channel("call").sum_bin() == BinTotals(0, 0)


def test_what_happened_a_half_life_ago_counts_half() -> None:
    ago = (a_showing(NOON - timedelta(days=30)), 1)
    assert after(ago, (a_showing(), 0)).sum_bin() == pytest.approx((1.5, 0.5), rel=1e-3)


def test_a_late_answer_weighs_what_its_showing_weighs() -> None:
    showing = a_showing(NOON - timedelta(days=60))
    told = learn(showing, shown=1) + learn(showing, answered=1)
    tally = CounterSnapshot(stored(told), DECAY, NOON).read_arm(MAIL)
    assert tally.sum_bin() == pytest.approx((0.25, 0.25), rel=1e-3)
    assert tally.sum_bin().trials == tally.sum_bin().successes


def test_a_return_takes_the_answer_back() -> None:
    told = [
        *learn(a_showing(), shown=1, answered=1),
        *learn(a_showing(), answered=-1),
    ]
    assert (
        CounterSnapshot(stored(told), DECAY, NOON).read_arm(MAIL).sum_bin("tier=gold").successes
        == 0
    )


def test_an_answer_without_its_showing_is_not_believed() -> None:
    told = learn(a_showing(), answered=1)
    assert CounterSnapshot(stored(told), DECAY, NOON).read_arm(MAIL).sum_bin() == BinTotals(0, 0)


def test_nothing_happened_adds_nothing() -> None:
    assert learn(a_showing()) == ()


def test_the_turn_of_an_era_goes_unnoticed() -> None:
    turn = datetime.fromtimestamp((DECAY.era(NOON) + 1) * ERA * 30 * 86_400, UTC)
    before, behind = turn - timedelta(days=1), turn + timedelta(days=1)
    tally = after((a_showing(before), 1), (a_showing(behind), 0), now=behind)
    faded = 2 ** (-2 / 30)
    assert tally.sum_bin() == pytest.approx((1 + faded, faded), rel=1e-3)
    assert tally.list_bin_names() == sorted(BINS)
    assert len(list_counter_keys([MAIL], DECAY, behind)) == 4
    assert len(list_counter_keys([MAIL], DECAY, turn + timedelta(days=30 * 17))) == 2


def test_another_half_life_begins_anew() -> None:
    told = stored(learn(a_showing(), shown=1))
    assert CounterSnapshot(told, Decay(timedelta(days=7)), NOON).read_arm(
        MAIL
    ).sum_bin() == BinTotals(0, 0)


def test_sums_keep_within_dynamodbs_digits() -> None:
    last = datetime.fromtimestamp((DECAY.era(NOON) + 1) * ERA * 30 * 86_400 - 1, UTC)
    assert DECAY.weight(last) * 10**15 < 10**38


@given(outcomes, st.randoms())
def test_the_order_of_outcomes_does_not_matter(
    happened: list[tuple[Exposure, int]], chance: object
) -> None:
    told = [i for showing, won in happened for i in learn(showing, shown=1, answered=won)]
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' own randomness
    assert stored(shuffled) == stored(told)


@given(outcomes, st.randoms())
def test_lessons_learned_together_add_what_they_add_alone(
    happened: list[tuple[Exposure, int]], chance: object
) -> None:
    lessons = [Feedback(f"l-{at}", *told, 1) for at, told in enumerate(happened)]
    alone = stored(i for lesson in lessons for i in compute_increments(lesson))
    chance.shuffle(lessons)  # type: ignore[attr-defined]  # Hypothesis' own randomness
    assert stored(merge_increments(lessons)) == alone


@given(outcomes, moments, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_counters_fade_to_nothing_and_never_below(
    happened: list[tuple[Exposure, int]], now: datetime, passed: timedelta
) -> None:
    told = [i for showing, won in happened for i in learn(showing, shown=1, answered=won)]
    sooner = CounterSnapshot(stored(told), DECAY, now)
    later = CounterSnapshot(stored(told), DECAY, now + passed)
    for name in ("", "a=1", "b=x"):
        before, after = sooner.read_arm(MAIL).sum_bin(name), later.read_arm(MAIL).sum_bin(name)
        assert 0 <= after.successes <= after.trials
        if DECAY.era(now) == DECAY.era(now + passed):
            assert after.trials <= before.trials
            assert after.successes <= before.successes


@given(showings)
def test_a_showing_survives_its_json(showing: Exposure) -> None:
    assert Exposure.from_dict(showing.to_dict()) == showing


def test_a_batch_becomes_one_increment_a_key() -> None:
    first, second = merge_increments(Feedback(f"l-{at}", a_showing(), 1, 1) for at in range(10))
    assert [first.key.offer, second.key.offer] == ["*", "mens"]
    assert first.sums["shown"] == 10 * DECAY.weight(NOON)


def test_an_answer_is_counted_by_the_half_life_that_its_showing_was_counted_by() -> None:
    week = timedelta(days=7)
    told = learn(replace(a_showing(), half_life=week), shown=1, answered=1)
    assert CounterSnapshot(stored(told), Decay(week), NOON).read_arm(
        MAIL
    ).sum_bin() == pytest.approx((1, 1), 1e-3)
    assert CounterSnapshot(stored(told), DECAY, NOON).read_arm(MAIL).sum_bin() == BinTotals(0, 0)


def test_every_arm_that_still_counts_is_known() -> None:
    told = stored([*learn(a_showing()), *learn(a_showing(), shown=1)])
    assert CounterSnapshot(told, DECAY, NOON).list_arms() == [Arm("*", "email"), MAIL]
    assert CounterSnapshot(told, DECAY, NOON + timedelta(days=5000)).list_arms() == []


def test_beliefs_are_as_of_the_hour_that_has_begun() -> None:
    assert (
        to_start_of_hour(NOON + timedelta(minutes=59, microseconds=7)) == "2026-11-22T12:00:00.000Z"
    )
