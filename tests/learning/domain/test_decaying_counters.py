"""The counters decay by half-life, and only the sum of all additions matters."""

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
exposures = st.builds(
    Exposure,
    st.builds(Arm, st.sampled_from(["mens", "womens"]), st.sampled_from(["email", "call"])),
    st.lists(st.sampled_from(["a=1", "a=2", "b=x"]), unique=True, max_size=3).map(tuple),
    moments,
    st.just(DECAY.half_life),
)
outcomes = st.lists(st.tuples(exposures, st.integers(0, 1)), max_size=20)


def add_up(increments: Iterable[Increment]) -> dict[CounterKey, dict[str, int]]:
    sums: dict[CounterKey, Counter[str]] = {}
    for increment in increments:
        sums.setdefault(increment.key, Counter()).update(increment.sums)
    return {key: dict(names) for key, names in sums.items()}


def learn(exposure: Exposure, *, shown: int = 0, answered: int = 0) -> tuple[Increment, ...]:
    return compute_increments(Feedback("l-1", exposure, shown, answered))


def after(
    *outcomes: tuple[Exposure, int], now: datetime = NOON, decay: Decay = DECAY
) -> ArmCounters:
    """The counters of the first outcome's arm."""
    increments = [
        i for exposure, answered in outcomes for i in learn(exposure, shown=1, answered=answered)
    ]
    return CounterSnapshot(add_up(increments), decay, now).read_arm(outcomes[0][0].arm)


def an_exposure(at: datetime = NOON, arm: Arm = MAIL) -> Exposure:
    return Exposure(arm, BINS, at)


def test_an_outcome_counts_for_the_offer_its_bins_and_the_catalogue() -> None:
    stored = add_up(learn(an_exposure(), shown=1, answered=1))
    snapshot = CounterSnapshot(stored, DECAY, NOON)
    for counters in (snapshot.read_arm(MAIL), snapshot.read_channel("email")):
        assert counters.list_bin_names() == ["place.region=north", "tier=gold"]
        for name in ("", *BINS):
            assert counters.sum_bin(name) == pytest.approx((1, 1), rel=1e-3)
    assert snapshot.read_channel("call").sum_bin() == BinTotals(0, 0)


def test_an_outcome_of_a_half_life_ago_counts_half() -> None:
    ago = (an_exposure(NOON - timedelta(days=30)), 1)
    assert after(ago, (an_exposure(), 0)).sum_bin() == pytest.approx((1.5, 0.5), rel=1e-3)


def test_a_late_response_weighs_what_its_exposure_weighs() -> None:
    exposure = an_exposure(NOON - timedelta(days=60))
    increments = learn(exposure, shown=1) + learn(exposure, answered=1)
    counters = CounterSnapshot(add_up(increments), DECAY, NOON).read_arm(MAIL)
    assert counters.sum_bin() == pytest.approx((0.25, 0.25), rel=1e-3)
    assert counters.sum_bin().trials == counters.sum_bin().successes


def test_a_return_reverses_the_response() -> None:
    increments = [
        *learn(an_exposure(), shown=1, answered=1),
        *learn(an_exposure(), answered=-1),
    ]
    assert (
        CounterSnapshot(add_up(increments), DECAY, NOON)
        .read_arm(MAIL)
        .sum_bin("tier=gold")
        .successes
        == 0
    )


def test_a_response_without_its_exposure_does_not_count() -> None:
    increments = learn(an_exposure(), answered=1)
    assert CounterSnapshot(add_up(increments), DECAY, NOON).read_arm(MAIL).sum_bin() == BinTotals(
        0, 0
    )


def test_without_an_outcome_nothing_is_added() -> None:
    assert learn(an_exposure()) == ()


def test_a_new_era_changes_no_estimate() -> None:
    turn = datetime.fromtimestamp((DECAY.era(NOON) + 1) * ERA * 30 * 86_400, UTC)
    before, behind = turn - timedelta(days=1), turn + timedelta(days=1)
    counters = after((an_exposure(before), 1), (an_exposure(behind), 0), now=behind)
    decayed = 2 ** (-2 / 30)
    assert counters.sum_bin() == pytest.approx((1 + decayed, decayed), rel=1e-3)
    assert counters.list_bin_names() == sorted(BINS)
    assert len(list_counter_keys([MAIL], DECAY, behind)) == 4
    assert len(list_counter_keys([MAIL], DECAY, turn + timedelta(days=30 * 17))) == 2


def test_another_half_life_starts_from_nothing() -> None:
    stored = add_up(learn(an_exposure(), shown=1))
    assert CounterSnapshot(stored, Decay(timedelta(days=7)), NOON).read_arm(
        MAIL
    ).sum_bin() == BinTotals(0, 0)


def test_sums_have_no_more_than_dynamodbs_digits() -> None:
    last = datetime.fromtimestamp((DECAY.era(NOON) + 1) * ERA * 30 * 86_400 - 1, UTC)
    assert DECAY.weight(last) * 10**15 < 10**38


@given(outcomes, st.randoms())
def test_the_order_of_outcomes_does_not_matter(
    happened: list[tuple[Exposure, int]], chance: object
) -> None:
    increments = [
        i for exposure, answered in happened for i in learn(exposure, shown=1, answered=answered)
    ]
    shuffled = list(increments)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' own randomness
    assert add_up(shuffled) == add_up(increments)


@given(outcomes, st.randoms())
def test_merged_feedback_adds_what_its_entries_add(
    happened: list[tuple[Exposure, int]], chance: object
) -> None:
    feedback = [Feedback(f"l-{at}", *outcome, 1) for at, outcome in enumerate(happened)]
    alone = add_up(i for entry in feedback for i in compute_increments(entry))
    chance.shuffle(feedback)  # type: ignore[attr-defined]  # Hypothesis' own randomness
    assert add_up(merge_increments(feedback)) == alone


@given(outcomes, moments, st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_counters_decay_to_zero_and_never_below(
    happened: list[tuple[Exposure, int]], now: datetime, passed: timedelta
) -> None:
    increments = [
        i for exposure, answered in happened for i in learn(exposure, shown=1, answered=answered)
    ]
    sooner = CounterSnapshot(add_up(increments), DECAY, now)
    later = CounterSnapshot(add_up(increments), DECAY, now + passed)
    for name in ("", "a=1", "b=x"):
        before, after = sooner.read_arm(MAIL).sum_bin(name), later.read_arm(MAIL).sum_bin(name)
        assert 0 <= after.successes <= after.trials
        if DECAY.era(now) == DECAY.era(now + passed):
            assert after.trials <= before.trials
            assert after.successes <= before.successes


@given(exposures)
def test_an_exposure_survives_its_json(exposure: Exposure) -> None:
    assert Exposure.from_dict(exposure.to_dict()) == exposure


def test_a_batch_becomes_one_increment_a_key() -> None:
    first, second = merge_increments(Feedback(f"l-{at}", an_exposure(), 1, 1) for at in range(10))
    assert [first.key.offer, second.key.offer] == ["*", "mens"]
    assert first.sums["shown"] == 10 * DECAY.weight(NOON)


def test_a_response_is_counted_by_the_half_life_of_its_exposure() -> None:
    week = timedelta(days=7)
    increments = learn(replace(an_exposure(), half_life=week), shown=1, answered=1)
    assert CounterSnapshot(add_up(increments), Decay(week), NOON).read_arm(
        MAIL
    ).sum_bin() == pytest.approx((1, 1), 1e-3)
    assert CounterSnapshot(add_up(increments), DECAY, NOON).read_arm(MAIL).sum_bin() == BinTotals(
        0, 0
    )


def test_every_arm_that_still_counts_is_listed() -> None:
    stored = add_up([*learn(an_exposure()), *learn(an_exposure(), shown=1)])
    assert CounterSnapshot(stored, DECAY, NOON).list_arms() == [Arm("*", "email"), MAIL]
    assert CounterSnapshot(stored, DECAY, NOON + timedelta(days=5000)).list_arms() == []


def test_beliefs_are_as_of_the_start_of_the_hour() -> None:
    assert (
        to_start_of_hour(NOON + timedelta(minutes=59, microseconds=7)) == "2026-11-22T12:00:00.000Z"
    )
