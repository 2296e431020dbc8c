"""Promo codes: what is typed wrong is known to be wrong."""

from hypothesis import given
from hypothesis import strategies as st

from hub.model.promo_code import (
    ALPHABET,
    LENGTH,
    derive_promo_code,
    is_promo_code,
    normalize_promo_code,
)

actions = st.text(min_size=1, max_size=30).map(lambda name: f"a-{name}")
places = st.integers(0, LENGTH - 1)


def test_an_action_has_one_code_that_reads_well() -> None:
    assert derive_promo_code("a-1") == derive_promo_code("a-1") == "RW5R-KJ57"
    assert derive_promo_code("a-2") != derive_promo_code("a-1")


@given(actions)
def test_a_code_is_known_however_it_is_typed(action_id: str) -> None:
    code = derive_promo_code(action_id)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "i")
    assert is_promo_code(code)
    assert is_promo_code(typed)
    assert normalize_promo_code(typed) == normalize_promo_code(code)


@given(actions, places, st.sampled_from(ALPHABET))
def test_no_wrong_symbol_makes_another_code(action_id: str, place: int, symbol: str) -> None:
    code = normalize_promo_code(derive_promo_code(action_id))
    slip = code[:place] + symbol + code[place + 1 :]
    assert is_promo_code(slip) == (slip == code)


@given(actions, places, places)
def test_no_two_symbols_that_changed_places_make_another_code(
    action_id: str, one: int, other: int
) -> None:
    symbols = list(normalize_promo_code(derive_promo_code(action_id)))
    symbols[one], symbols[other] = symbols[other], symbols[one]
    slip = "".join(symbols)
    assert is_promo_code(slip) == (slip == normalize_promo_code(derive_promo_code(action_id)))


@given(st.one_of(st.none(), st.integers(), st.text(max_size=20)))
def test_whatever_is_typed_is_a_code_or_is_not(text: object) -> None:
    assert is_promo_code(text) in {True, False}
    assert not is_promo_code("")
    assert not is_promo_code("SUMMER-10")
