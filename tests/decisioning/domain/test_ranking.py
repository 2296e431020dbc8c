"""The choice among offers: what a customer answers to, with some curiosity, from a seed."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Exposure, Feedback, Increment, compute_increments
from hub.surroundings.domain.surroundings import Surroundings
from tests.factories import NOON
from tests.offer_ranking import LearnedCounters, OfferRanking

FEATURES = ("tier", "region")
MENS, WOMENS = "mens", "womens"
RANKING = OfferRanking({WOMENS: 1, MENS: 1}, FEATURES)
GOLD = {"tier": "gold", "region": "north"}
BASIC = {"tier": "basic", "region": "north"}

Case = tuple[str, str, int, int]
"""Offer, tier, how often it was shown, how often it was answered."""
cases = st.lists(
    st.tuples(
        st.sampled_from([MENS, WOMENS]),
        st.sampled_from(["gold", "basic"]),
        st.integers(0, 400),
        st.integers(0, 400),
    ),
    max_size=8,
)


def increments(offer: str, tier: str, shown: int, answered: int) -> tuple[Increment, ...]:
    bins = (f"event.tier={tier}", "event.region=north")
    exposure = Exposure(Arm(offer, "email"), bins, NOON)
    return compute_increments(Feedback("l-1", exposure, shown, min(shown, answered)))


def learned(*happened: Case, as_of: datetime = NOON) -> Surroundings:
    counters = LearnedCounters()
    for case in happened:
        counters.add(increments(*case))
    return counters.to_surroundings(as_of)


def share_of_mens(
    surroundings: Surroundings, properties: Mapping[str, str], draws: int = 400
) -> float:
    """How often mens is chosen."""
    chosen = Counter(
        RANKING.rank(properties, seed=str(seed), surroundings=surroundings)[0].candidate.subject
        for seed in range(draws)
    )
    return chosen[MENS] / draws


def test_each_group_is_given_what_it_answers_to() -> None:
    surroundings = learned(
        (MENS, "gold", 5_000, 1_000),
        (MENS, "basic", 5_000, 500),
        (WOMENS, "gold", 5_000, 500),
        (WOMENS, "basic", 5_000, 1_000),
    )
    assert share_of_mens(surroundings, GOLD) > 0.99
    assert share_of_mens(surroundings, BASIC) < 0.01


def test_an_offer_never_shown_is_tried_beside_one_that_does_well() -> None:
    assert 0.1 < share_of_mens(learned((WOMENS, "gold", 2_000, 300)), GOLD) < 0.9


def test_an_offer_that_does_badly_is_left() -> None:
    surroundings = learned((WOMENS, "gold", 2_000, 300), (MENS, "gold", 2_000, 200))
    assert share_of_mens(surroundings, GOLD) < 0.01


def test_an_old_failure_is_tried_again() -> None:
    a_year_later = NOON + timedelta(days=365)
    surroundings = learned(
        (WOMENS, "gold", 2_000, 300), (MENS, "gold", 2_000, 200), as_of=a_year_later
    )
    assert share_of_mens(surroundings, GOLD) > 0.1


def test_the_value_of_an_answer_decides_and_ties_go_by_name() -> None:
    dear = OfferRanking({WOMENS: 1_000, MENS: 1}, FEATURES)
    worthless = OfferRanking({WOMENS: 0, MENS: 0}, FEATURES)
    assert [r.candidate.subject for r in dear.rank(GOLD, seed="1")] == [WOMENS, MENS]
    assert [r.candidate.subject for r in worthless.rank(GOLD, seed="1")] == [MENS, WOMENS]


def test_nothing_is_chosen_from_nothing() -> None:
    assert OfferRanking({}, FEATURES).rank(GOLD, seed="1") == []


@given(cases, st.text(max_size=20))
def test_an_offer_ranks_the_same_whatever_stands_beside_it(happened: list[Case], seed: str) -> None:
    surroundings = learned(*happened)
    both = RANKING.rank(GOLD, seed=seed, surroundings=surroundings)
    turned = OfferRanking({MENS: 1, WOMENS: 1}, FEATURES)
    assert [r.candidate.subject for r in both] == [
        r.candidate.subject for r in turned.rank(GOLD, seed=seed, surroundings=surroundings)
    ]
    (alone,) = OfferRanking({MENS: 1}, FEATURES).rank(GOLD, seed=seed, surroundings=surroundings)
    assert (alone.score, alone.draw) in [(r.score, r.draw) for r in both]
