"""Offers are ranked by the responses of similar customers, and new offers are tried."""

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
"""Offer, tier, number of impressions, number of answers."""
cases = st.lists(
    st.tuples(
        st.sampled_from([MENS, WOMENS]),
        st.sampled_from(["gold", "basic"]),
        st.integers(0, 400),
        st.integers(0, 400),
    ),
    max_size=8,
)


def build_increments(offer: str, tier: str, shown: int, answered: int) -> tuple[Increment, ...]:
    bins = (f"event.tier={tier}", "event.region=north")
    exposure = Exposure(Arm(offer, "email"), bins, NOON)
    return compute_increments(Feedback("l-1", exposure, shown, min(shown, answered)))


def learn(*results: Case, as_of: datetime = NOON) -> Surroundings:
    counters = LearnedCounters()
    for case in results:
        counters.add(build_increments(*case))
    return counters.to_surroundings(as_of)


def share_of_mens(
    surroundings: Surroundings, properties: Mapping[str, str], draws: int = 400
) -> float:
    """The share of draws, from 0 to 1, in which mens ranks best."""
    chosen = Counter(
        RANKING.rank(properties, seed=str(seed), surroundings=surroundings)[0].candidate.subject
        for seed in range(draws)
    )
    return chosen[MENS] / draws


def test_each_tier_gets_the_offer_it_answers_more_often() -> None:
    surroundings = learn(
        (MENS, "gold", 5_000, 1_000),
        (MENS, "basic", 5_000, 500),
        (WOMENS, "gold", 5_000, 500),
        (WOMENS, "basic", 5_000, 1_000),
    )
    assert share_of_mens(surroundings, GOLD) > 0.99
    assert share_of_mens(surroundings, BASIC) < 0.01


def test_an_offer_that_was_never_shown_is_tried_too() -> None:
    assert 0.1 < share_of_mens(learn((WOMENS, "gold", 2_000, 300)), GOLD) < 0.9


def test_an_offer_with_fewer_answers_is_hardly_made() -> None:
    surroundings = learn((WOMENS, "gold", 2_000, 300), (MENS, "gold", 2_000, 200))
    assert share_of_mens(surroundings, GOLD) < 0.01


def test_an_offer_that_failed_long_ago_is_tried_again() -> None:
    a_year_later = NOON + timedelta(days=365)
    surroundings = learn(
        (WOMENS, "gold", 2_000, 300), (MENS, "gold", 2_000, 200), as_of=a_year_later
    )
    assert share_of_mens(surroundings, GOLD) > 0.1


def test_a_higher_value_wins_and_ties_go_by_name() -> None:
    valuable = OfferRanking({WOMENS: 1_000, MENS: 1}, FEATURES)
    worthless = OfferRanking({WOMENS: 0, MENS: 0}, FEATURES)
    assert [r.candidate.subject for r in valuable.rank(GOLD, seed="1")] == [WOMENS, MENS]
    assert [r.candidate.subject for r in worthless.rank(GOLD, seed="1")] == [MENS, WOMENS]


def test_without_offers_the_ranking_is_empty() -> None:
    assert OfferRanking({}, FEATURES).rank(GOLD, seed="1") == []


@given(cases, st.text(max_size=20))
def test_the_score_of_an_offer_does_not_depend_on_the_others(
    results: list[Case], seed: str
) -> None:
    surroundings = learn(*results)
    both = RANKING.rank(GOLD, seed=seed, surroundings=surroundings)
    reverse = OfferRanking({MENS: 1, WOMENS: 1}, FEATURES)
    assert [r.candidate.subject for r in both] == [
        r.candidate.subject for r in reverse.rank(GOLD, seed=seed, surroundings=surroundings)
    ]
    (alone,) = OfferRanking({MENS: 1}, FEATURES).rank(GOLD, seed=seed, surroundings=surroundings)
    assert (alone.score, alone.draw) in [(r.score, r.draw) for r in both]
