"""Whose event is it? The laws of telling persons apart and together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import count
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.domain.identity_cluster import IdentityCluster
from hub.identity.domain.resolution import resolve_identity
from tests.in_memory_identities import People

LIMITS = {"loyalty": 1, "shop": 2, "email": 2}
ORDER = ("loyalty", "shop", "email", "phone", "device", "receipt")
Said = tuple[str, ...]

_names = st.sampled_from("abc")
_events = st.lists(
    st.dictionaries(st.sampled_from(ORDER), _names, min_size=1, max_size=3).map(
        lambda said: tuple(f"{kind}#{said[kind]}" for kind in ORDER if kind in said)
    ),
    min_size=1,
    max_size=7,
)


def told(events: Iterable[tuple[int, Said]]) -> tuple[People, set[frozenset[int]]]:
    people = People(LIMITS)
    customers = [(number, people.take(keys)) for number, keys in events]
    found: dict[str, set[int]] = {}
    for number, customer_id in customers:
        found.setdefault(people.living(customer_id), set()).add(number)
    return people, set(map(frozenset, found.values()))


@given(_events, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_groups_or_a_conflict_says_why_not(
    events: list[Said], chance: Random
) -> None:
    numbered = list(enumerate(events))
    people, first = told(numbered)
    chance.shuffle(numbered)
    others, second = told(numbered)
    if not people.conflicts and not others.conflicts:
        assert first == second


@given(_events)
def test_without_a_conflict_all_that_hangs_together_is_one_person(events: list[Said]) -> None:
    people, found = told(enumerate(events))
    if not people.conflicts:
        assert found == _hanging_together(events)


@given(_events)
def test_no_two_living_customers_share_a_strong_key_nor_does_one_exceed_a_limit(
    events: list[Said],
) -> None:
    people, _ = told(enumerate(events))
    keys = [key for holding in people.living_holdings() for key in holding.keys]
    assert len(keys) == len(set(keys))
    for holding in people.living_holdings():
        counts = Counter(key.partition("#")[0] for key in holding.keys)
        assert all(count <= LIMITS[kind] for kind, count in counts.items())
        assert all(people.owner(key) == holding for key in holding.keys)


@given(_events)
def test_the_same_events_again_change_no_group(events: list[Said]) -> None:
    """Where nothing had to give way: a key that did may move back and forth."""
    people, once = told(enumerate(events))
    if not people.conflicts:
        again, twice = told([*enumerate(events), *enumerate(events)])
        assert (again.merges, twice, again.conflicts) == (people.merges, once, [])


def test_a_visitor_is_provisional_until_a_strong_key_names_them() -> None:
    people = People(LIMITS)
    visitor = people.take(["device#d"])
    assert not people.owner("device#d").keys
    assert people.take(["email#ann", "device#d"]) == visitor
    assert people.merges == 0


def test_a_visitor_who_signs_in_is_merged_into_who_they_are() -> None:
    people = People(LIMITS)
    ann, visitor = people.take(["email#ann"]), people.take(["device#d"])
    assert people.take(["email#ann", "device#d"]) == ann
    assert people.living(visitor) == ann
    assert people.take(["device#d"]) == ann


def test_a_phone_in_the_house_makes_nobody_one_person_and_names_nobody_from_then_on() -> None:
    people = People(LIMITS)
    ann, bob = people.take(["email#ann", "phone#1"]), people.take(["email#bob", "phone#1"])
    assert people.living(ann) != people.living(bob)
    (conflict,) = people.conflicts
    assert (conflict.key, conflict.owner, conflict.moved) == ("phone#1", ann, True)
    caller = people.take(["phone#1"])
    assert caller not in {ann, bob}
    assert people.take(["phone#1"]) == caller
    assert people.take(["email#ann", "phone#1"]) == ann
    assert (people.merges, len(people.conflicts)) == (0, 1)


def test_beside_a_shared_key_a_cart_still_finds_its_owner() -> None:
    people = People(LIMITS)
    ann = people.take(["email#ann", "device#d"])
    people.take(["email#bob", "device#d"])
    visit = people.take(["device#d", "receipt#9"])
    people.take(["email#ann", "receipt#9"])
    assert people.living(visit) == ann


def test_over_the_limit_the_weaker_key_gives_way_for_this_event_only() -> None:
    people = People(LIMITS)
    ann = people.take(["loyalty#1", "email#ann"])
    bob = people.take(["loyalty#2", "email#ann"])
    assert people.living(bob) != people.living(ann)
    (conflict,) = people.conflicts
    assert (conflict.key, conflict.owner, conflict.moved) == ("email#ann", ann, False)
    assert "2 keys of the namespace loyalty" in conflict.reason
    assert people.take(["email#ann"]) == ann


def test_one_address_too_many_is_not_kept() -> None:
    people = People(LIMITS)
    for address in ("one", "two", "three"):
        ann = people.take(["loyalty#1", f"email#{address}"])
    assert people.owner("email#two").customer_id == ann
    assert people.take(["email#three"]) != ann
    assert people.conflicts[0].key == "email#three"


def test_the_strongest_keys_owner_survives() -> None:
    people = People(LIMITS)
    by_mail, by_card = people.take(["email#ann"]), people.take(["loyalty#1"])
    assert people.take(["loyalty#1", "email#ann"]) == by_card
    assert people.living(by_mail) == by_card


@pytest.mark.parametrize("key", ["email#b", "device#d"])
def test_who_was_told_apart_by_hand_stays_apart_whoever_they_are_merged_with(key: str) -> None:
    ann = IdentityCluster(customer_id="c-1", keys=("email#a",), apart=("c-2",))
    bob = IdentityCluster(customer_id="c-3", absorbed=("c-2",))
    new = map("c-{}".format, count(9))
    found = resolve_identity(
        ["email#a", key], {"email#a": ann, key: bob}, LIMITS, lambda: next(new)
    )
    assert (found.customer_id, found.links) == ("c-1", ())
    assert "separated" in found.conflicts[0].reason


def _hanging_together(events: Sequence[Said]) -> set[frozenset[int]]:
    parts: list[tuple[set[int], set[str]]] = []
    for number, keys in enumerate(events):
        touched = [part for part in parts if part[1] & {*keys}]
        parts = [part for part in parts if part not in touched]
        numbers = {number}.union(*(part[0] for part in touched))
        parts.append((numbers, {*keys}.union(*(part[1] for part in touched))))
    return {frozenset(numbers) for numbers, _ in parts}
