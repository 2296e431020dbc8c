"""Identity hygiene: one spelling a value, and no key for what names nobody."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.adapters.namespaces_file import load_namespaces
from hub.platform.adapters.schema_folder import find_schemas_folder

NAMESPACES = load_namespaces(find_schemas_folder())


@pytest.mark.parametrize(
    ("namespace", "given_value", "key"),
    [
        ("email", " Ann@Example.COM ", "email#ann@example.com"),
        ("phone", "+44 20 7183 8750", "phone#+442071838750"),
        ("phone", "+44 (0)20 7183 8750", "phone#+442071838750"),
        ("loyalty", " l-77120 ", "loyalty#L-77120"),
        ("shop", "AbC9", "shop#AbC9"),
        ("device", "6F9A-11", "device#6f9a-11"),
        ("receipt", "c536379", "receipt#C536379"),
    ],
)
def test_a_value_has_one_spelling(namespace: str, given_value: str, key: str) -> None:
    found = NAMESPACES.normalize_keys({namespace: given_value})
    assert found.keys == (key,)
    assert found.values == {namespace: key.partition("#")[2]}
    assert not found.dropped


@pytest.mark.parametrize(
    ("namespace", "given_value"),
    [
        ("email", "unknown@example.com"),
        ("email", "UNKNOWN@shop.example"),
        ("email", "test@test.com"),
        ("email", "N/A"),
        ("email", "ann"),
        ("email", "ann@localhost"),
        ("email", "a b@example.com"),
        ("email", "ann@@example.com"),
        ("email", "ann@example..com"),
        ("email", "ann@example.com\x00"),
        ("email", "a" * 300 + "@example.com"),
        ("phone", "020 7183 8750"),
        ("phone", "0000000000"),
        ("phone", "+1"),
        ("loyalty", "0000"),
        ("loyalty", " n/a "),
        ("loyalty", "99\n99"),
        ("shop", ""),
        ("shop", "null"),
        ("receipt", "-"),
        ("shoe_size", "44"),
    ],
)
def test_what_names_nobody_is_dropped_with_a_reason(namespace: str, given_value: str) -> None:
    found = NAMESPACES.normalize_keys({namespace: given_value, "device": "d-1"})
    assert found.keys == ("device#d-1",)
    assert list(found.dropped) == [namespace]
    assert found.reason == f"{namespace} {found.dropped[namespace]}"


def test_the_strongest_key_comes_first_whatever_the_order_given() -> None:
    identities = {
        "receipt": "R1",
        "device": "d1",
        "phone": "+442071838750",
        "email": "ann@example.com",
        "shop": "9",
        "loyalty": "L1",
    }
    strongest_first = [key.partition("#")[0] for key in NAMESPACES.normalize_keys(identities).keys]
    assert strongest_first == ["loyalty", "shop", "email", "phone", "device", "receipt"]


def test_kinds_are_ordered_by_strength_and_then_by_priority() -> None:
    ranks = [
        ("strong", "shared", "temporary").index(kind.strength) for kind in NAMESPACES.namespaces
    ]
    assert ranks == sorted(ranks)
    assert list(NAMESPACES.limits)[:2] == ["loyalty", "shop"]


def test_every_strong_kind_has_a_limit_and_no_other() -> None:
    for kind in NAMESPACES.namespaces:
        assert bool(kind.limit) == (kind.strength == "strong")
    assert NAMESPACES.limits["loyalty"] == 1
    assert NAMESPACES.limits["email"] == 5


@given(st.dictionaries(st.sampled_from([n.name for n in NAMESPACES.namespaces]), st.text()))
def test_every_value_is_either_a_key_or_dropped_and_keys_are_stable(given_: dict[str, str]) -> None:
    found = NAMESPACES.normalize_keys(given_)
    assert found.values.keys() | found.dropped.keys() == given_.keys()
    assert not found.values.keys() & found.dropped.keys()
    again = NAMESPACES.normalize_keys(found.values)
    assert again == replace(found, dropped={}, former=again.former)
