"""Ids of 15 and of 18 characters: one record, one key."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.domain.salesforce_id import list_former_ids, to_long_id

_short_ids = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001A0000006Vm9r", "001A0000006Vm9rIAC"),
        ("003D000000QwErt", "003D000000QwErtIAF"),
        ("000000000000000", "000000000000000AAA"),
        ("ABCDEABCDEABCDE", "ABCDEABCDEABCDE555"),
    ],
)
def test_the_last_three_are_computed_from_the_capitals(short: str, long: str) -> None:
    assert to_long_id(short) == long


@given(_short_ids, st.sampled_from([str, str.upper, str.lower]))
def test_every_spelling_of_an_id_is_one_id(short: str, spell: type[str]) -> None:
    long_id = to_long_id(short)
    assert long_id[:15] == short
    assert to_long_id(spell(long_id)) == long_id == to_long_id(long_id)
    assert short in list_former_ids(spell(long_id))


@given(_short_ids, _short_ids)
def test_ids_that_differ_stay_apart(one: str, other: str) -> None:
    assert (to_long_id(one) == to_long_id(other)) == (one == other)
    assert (to_long_id(one) == to_long_id(one.swapcase())) == (one == one.swapcase())


@given(st.text())
def test_what_is_no_id_stays_as_it_is(text: str) -> None:
    if len(text) not in (15, 18) or not text.isalnum() or not text.isascii():
        assert to_long_id(text) == text
        assert list_former_ids(text) == ()
