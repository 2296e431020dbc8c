"""Facts of tokens are few bytes, and come back as they were."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.tokens.packed_facts import LARGEST_NUMBER, Fact, pack_facts, unpack_facts
from tests.kernel.tokens.naughty_texts import LONG_TEXT, NAUGHTY_TEXTS

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=200)
ID = st.from_regex(r"([a-z]-)?([0-9a-f]{2})*", fullmatch=True)
WORD = st.from_regex(r"[A-Za-z0-9_-]*", fullmatch=True)
FACT: st.SearchStrategy[Fact] = st.one_of(
    ANY_TEXT, ID, WORD, st.sampled_from(NAUGHTY_TEXTS), st.integers(0, LARGEST_NUMBER)
)


@given(st.lists(FACT))
def test_facts_come_back_as_they_were(facts: list[Fact]) -> None:
    assert unpack_facts(pack_facts(facts)) == facts


@given(st.lists(FACT, max_size=5), st.lists(FACT, max_size=5))
def test_different_facts_have_different_bytes(facts: list[Fact], others: list[Fact]) -> None:
    assert (pack_facts(facts) == pack_facts(others)) == (facts == others)


@given(st.binary(max_size=60))
def test_other_bytes_are_facts_or_a_value_error(data: bytes) -> None:
    try:
        facts = unpack_facts(data)
    except ValueError:
        return
    assert all(isinstance(fact, str | int) for fact in facts)


@pytest.mark.parametrize("number", [-1, LARGEST_NUMBER + 1, 10**400])
def test_a_number_that_is_too_large_is_not_packed(number: int) -> None:
    with pytest.raises(ValueError, match="not a number that a token carries"):
        pack_facts([number])


@pytest.mark.parametrize(
    ("fact", "size"),
    [
        ("", 1),
        ("c-" + "0f" * 16, 18),
        ("0f" * 16, 18),
        ("a-" + "Z" * 16, 15),
        ("email", 5),
        ("é", 3),
        (LONG_TEXT, 3 + 16_384),
        (0, 1),
        (1_795_600_000_000, 7),
    ],
)
def test_what_ids_and_times_cost(fact: Fact, size: int) -> None:
    assert len(pack_facts([fact])) == size
