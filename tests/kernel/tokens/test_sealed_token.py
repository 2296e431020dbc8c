"""A sealed token: nobody reads it, nobody changes it, and it is good for one thing."""

import re
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.errors import Rejected
from hub.kernel.tokens.packed_facts import Fact
from hub.kernel.tokens.sealed_token import LONGEST_TOKEN, TokenPurpose, seal, unseal
from tests.kernel.tokens.naughty_texts import NAUGHTY_TEXTS

KEY = "k" * 48
OFFERS, LINKS = TokenPurpose("offers", "r2"), TokenPurpose("links", "p2")
TEXT = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=60), st.sampled_from(NAUGHTY_TEXTS)
)
FACTS = st.lists(st.one_of(TEXT, st.integers(0, 2**60)), max_size=8)
PURPOSE = st.sampled_from(
    [OFFERS, LINKS, TokenPurpose("offers", "p2"), TokenPurpose("links", "r2")]
)


@given(PURPOSE, TEXT, FACTS, TEXT.filter(bool))
def test_a_token_comes_back_and_the_same_facts_make_the_same_token(
    purpose: TokenPurpose, audience: str, facts: list[Fact], key: str
) -> None:
    token = seal(purpose, audience, facts, key)
    assert unseal(purpose, audience, token, [key]) == facts
    assert seal(purpose, audience, facts, key) == token
    assert re.fullmatch(r"[rp]2\.[A-Za-z0-9_-]+", token)


def test_a_token_is_sealed_as_rfc_5297_says() -> None:
    """An independent reading: who has the key reads the token with any library of AES-SIV."""
    token = seal(OFFERS, "site pk_1", ["beans", 7], KEY)
    derived = HKDF(SHA256(), 64, None, b"offers r2").derive(KEY.encode())
    sealed = urlsafe_b64decode(token.removeprefix("r2.") + "==")
    assert AESSIV(derived).decrypt(sealed, [b"site pk_1"]) == b"\x16\x6d\xe6\xa7\xb0\x1f"


def test_a_rotated_key_still_opens_and_a_removed_one_does_not() -> None:
    token = seal(OFFERS, "a", ["beans"], KEY)
    assert unseal(OFFERS, "a", token, ["newer", "", KEY]) == ["beans"]
    for keys in ([], [""], ["newer"], [KEY[1:]]):
        with pytest.raises(Rejected):
            unseal(OFFERS, "a", token, keys)


@given(st.lists(st.text(min_size=6, max_size=60), min_size=1, max_size=6))
def test_a_token_shows_no_bytes_of_its_facts(facts: list[Fact]) -> None:
    token = seal(OFFERS, "a", facts, KEY)
    body = token.removeprefix("r2.")
    shown = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    for fact in facts:
        assert str(fact).encode() not in shown
        assert str(fact) not in token


@given(PURPOSE, PURPOSE, TEXT, TEXT, FACTS)
def test_a_token_of_one_purpose_and_audience_is_refused_for_any_other(
    purpose: TokenPurpose, other: TokenPurpose, audience: str, stranger: str, facts: list[Fact]
) -> None:
    token = seal(purpose, audience, facts, KEY)
    for asked_purpose, asked_audience in (
        (other, audience),
        (purpose, stranger),
        (other, stranger),
    ):
        if (asked_purpose, asked_audience) != (purpose, audience):
            body = token.partition(".")[2]
            for text in (token, f"{asked_purpose.version}.{body}"):
                with pytest.raises(Rejected):
                    unseal(asked_purpose, asked_audience, text, [KEY])


@given(FACTS, st.data())
def test_with_any_bit_changed_a_token_is_refused(facts: list[Fact], data: st.DataObject) -> None:
    token = seal(OFFERS, "a", facts, KEY)
    raw = token.encode()
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    changed = bytearray(raw)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Rejected):
        unseal(OFFERS, "a", changed.decode("latin-1"), [KEY])


@given(FACTS, TEXT, st.integers(0, 200), st.integers(0, 200))
def test_a_token_with_a_part_replaced_is_refused(
    facts: list[Fact], noise: str, start: int, length: int
) -> None:
    token = seal(OFFERS, "a", facts, KEY)
    start %= len(token)
    changed = token[:start] + noise + token[start + length :]
    if changed != token:
        with pytest.raises(Rejected):
            unseal(OFFERS, "a", changed, [KEY])


@pytest.mark.parametrize(
    "text",
    [
        *NAUGHTY_TEXTS,
        *("r2", "r2.", "r2.A", "r2.AAAA", "r2." + "A" * 22, "r2." + "A" * LONGEST_TOKEN),
        *("r2.r2.AAAA", " r2.AAAA", "r2.AA==", "r2.é", "r2.\ud800"),
        *(None, True, 7, 1.5, b"r2.AAAA", ["r2.AAAA"], {"r2": "AAAA"}),
    ],
)
def test_what_is_no_token_is_refused(text: Any) -> None:
    with pytest.raises(Rejected):
        unseal(OFFERS, "a", text, [KEY])


def test_a_token_has_one_spelling() -> None:
    """The last character of base64 may have bits that mean nothing."""
    token = seal(OFFERS, "a", ["beans"], KEY)
    opened = 0
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        try:
            unseal(OFFERS, "a", token[:-1] + last, [KEY])
        except Rejected:
            continue
        opened += 1
    assert opened == 1
