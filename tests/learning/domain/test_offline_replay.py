"""The replay that values the learner: what it counts, and what it does not."""

from collections.abc import Sequence

import pytest

from tests.bench.policies import Hub
from tests.bench.replay import ARMS, Visitor, best_fixed, replay, stream, visitors

MENS, NOBODY, WOMENS = ARMS


def a_visitor(given: str, visited: int, tier: str = "gold") -> Visitor:
    return Visitor({"channel": tier}, given, visited)


class Always:
    """One treatment for everybody; keeps the visitors that it learned from."""

    def __init__(self, arm: str) -> None:
        self.arm, self.learned_from = arm, list[Visitor]()

    def choose(self, visitors: Sequence[Visitor]) -> Sequence[str]:
        return [self.arm] * len(visitors)

    def learn(self, matched: Sequence[Visitor]) -> None:
        self.learned_from += matched


def test_only_a_match_is_counted_and_learned_from() -> None:
    people = [a_visitor(MENS, 1), a_visitor(WOMENS, 1), a_visitor(MENS, 0), a_visitor(NOBODY, 1)]
    policy = Always(MENS)
    worth = replay(people, policy, batch=3)
    assert policy.learned_from == [people[0], people[2]]
    assert (worth.whole, worth.second_half) == (0.5, 0)


def test_the_best_fixed_treatment_has_the_value_of_a_policy_that_always_gives_it() -> None:
    people = visitors()[:3_000]
    assert best_fixed(people) == replay(people, Always(MENS), batch=50)


def test_the_data_is_complete_and_a_stream_only_changes_its_order() -> None:
    people = visitors()
    assert len(people) == 31_923
    assert {visitor.given for visitor in people} == set(ARMS)
    mixed = stream(people[:100], 3)
    assert mixed == stream(people[:100], 3)
    assert mixed != people[:100]
    assert sorted(map(repr, mixed)) == sorted(map(repr, people[:100]))


def test_the_learner_finds_out_who_responds_to_what() -> None:
    people = [
        a_visitor(given, int(given == (MENS if tier == "gold" else WOMENS)), tier)
        for _ in range(400)
        for given in ARMS
        for tier in ("gold", "basic")
    ]
    worth = replay(stream(people, 1), Hub(1), batch=1)
    assert best_fixed(people).whole == pytest.approx(0.5)
    assert worth.second_half > 0.85
