"""The bench of identities counts what it says it counts."""

from tests.bench.identity import figures, quality
from tests.bench.simulated_town import Town


def test_pairs_are_counted_both_ways() -> None:
    """One customer of two persons, one person in two customers."""
    pairs = [("a", 1), ("a", 1), ("a", 2), ("b", 2)]
    assert quality(pairs) == (1 / 3, 1 / 2)
    assert quality([("a", 1), ("a", 1), ("b", 2), ("b", 2)]) == (1, 1)


def test_the_town_is_the_same_every_time_and_has_what_makes_it_hard() -> None:
    stream = list(Town(1, 4_000).stream(4_000))
    assert stream == list(Town(1, 4_000).stream(4_000))
    persons: dict[str, set[int]] = {}
    for told in stream:
        for kind, value in told.identities.items():
            persons.setdefault(f"{kind}#{value}", set()).add(told.person)
    shared = {key.partition("#")[0] for key, people in persons.items() if len(people) > 1}
    assert shared >= {"phone", "device", "email"}


def test_persons_are_separated_and_joined_as_in_the_truth() -> None:
    found = figures(lambda _: None, events=10_000)
    assert found["identity.precision"] >= 0.985
    assert found["identity.recall"] >= 0.95
