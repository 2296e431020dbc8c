"""Who a page's visitor is, is believed only of the site's own server."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.errors import Rejected
from hub.kernel.tokens.visitor_token import VisitorToken, parse_visitor_token
from tests.factories import NOON
from tests.kernel.tokens.naughty_texts import NAUGHTY_TEXTS
from tests.visitor_tokens import customer_token, json_web_token, sign_texts

ANN = {"email": "ann@example.com"}
NOW = int(NOON.timestamp())
SOON = int((NOON + timedelta(minutes=5)).timestamp())
DAY = 24 * 60 * 60
SECRET, SITE = "s" * 32, "pk_1"
# Made with PyJWT 2.15: jwt.encode({"customer": ..., "exp": 1795600000}, SECRET, "HS256").
BY_A_LIBRARY = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJjdXN0b21lciI6eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSJ9LCJleHAiOjE3OTU2MDAwMDB9"
    ".vGJJmk02O5NxT8JohCpKgDo2IJisbqZJteUzZin4-_c"
)
STRANGE_TIMES = (
    *("null", "true", "false", '"1795600000"', '""', "[]", "{}", "[1795600000]"),
    *("1795600000.0", "1795600000.5", "1.7956e9", "1e999", "-1e999", "-1", "-0.0"),
    *("NaN", "Infinity", "-Infinity", "01795600000", "0x6b06c480", "1_795_600_000", "１７９５６"),
)
"""JSON texts, and some that are none, which are no time in a token."""
HUGE_TIMES = (f"1{'0' * 400}", f"{2**64}", f"{2**63}", "9007199254740993", "2740000000")
"""Whole numbers too far ahead, from a number of 400 digits to thirty years."""


def read(token: Any, secrets: tuple[str, ...] = (SECRET,)) -> dict[str, str]:
    read_token = parse_visitor_token(token, secrets, SITE)
    read_token.check_times(NOON)
    return read_token.customer


def sign_claims(claims: str, header: str = '{"alg":"HS256","typ":"JWT"}') -> str:
    return sign_texts(header, claims, SECRET)


def test_a_signed_token_tells_the_customers_keys() -> None:
    token = customer_token(ANN["email"], SOON, SECRET)
    assert read(token) == ANN
    assert read(token, ("new", SECRET)) == ANN


def test_a_token_that_a_library_signed_is_read() -> None:
    token = parse_visitor_token(BY_A_LIBRARY, [SECRET], SITE)
    token.check_times(NOON.fromtimestamp(1795600000 - 300, NOON.tzinfo))
    assert token == VisitorToken(ANN, {"customer": ANN, "exp": 1795600000})


@given(st.data())
def test_whatever_is_changed_in_a_token_it_is_refused(data: st.DataObject) -> None:
    token = customer_token(ANN["email"], SOON, SECRET)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(exclude_characters=token[place]))
    changed = token[:place] + other + token[place + 1 :]
    with pytest.raises(Rejected):
        read(changed)


@given(st.integers(0, 255), st.data())
def test_whatever_bit_of_its_parts_is_changed_a_token_is_read_safely(
    noise: int, data: st.DataObject
) -> None:
    """The site itself may sign any bytes."""
    parts = [b'{"alg":"HS256"}', json.dumps({"customer": ANN, "exp": SOON}).encode()]
    part = data.draw(st.integers(0, 1))
    changed = bytearray(parts[part])
    changed[data.draw(st.integers(0, len(changed) - 1))] = noise
    parts[part] = bytes(changed)
    token = sign_texts(parts[0].decode("latin-1"), parts[1].decode("latin-1"), SECRET, "latin-1")
    try:
        customer = read(token)
    except Rejected:
        return
    assert all(isinstance(value, str) and value for value in customer.values())


@pytest.mark.parametrize("secrets", [(), ("another",)])
def test_a_strange_secret_proves_nothing(secrets: tuple[str, ...]) -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        read(customer_token(ANN["email"], SOON, SECRET), secrets)


@pytest.mark.parametrize(
    "token",
    [None, 7, True, [], *NAUGHTY_TEXTS, "a.b.c", "a.b", "..", f"{'x' * 3000}.y.{'z' * 43}"],
)
def test_what_is_no_token_is_refused(token: Any) -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        read(token)


@pytest.mark.parametrize("size", [2000, 100_000])
def test_a_huge_token_is_refused(size: int) -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        read(json_web_token({"customer": {"email": "a" * size}, "exp": SOON}, SECRET))


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"customer": ANN, "exp": NOW}, "has expired"),
        ({"customer": ANN, "exp": 0}, "has expired"),
        ({"customer": ANN}, "has no exp in whole seconds"),
        ({"customer": ANN, "exp": NOW + DAY + 1}, "valid for more than 24 hours"),
        ({"customer": {"email": "\ud800@example.com"}, "exp": SOON}, "no customer token"),
        ({"customer": {}, "exp": SOON}, "names no key"),
        ({"customer": {"email": ""}, "exp": SOON}, "names no key"),
        ({"customer": {"email": ["ann@example.com"]}, "exp": SOON}, "names no key"),
        ({"customer": "ann@example.com", "exp": SOON}, "names no key"),
        ({}, "names no key"),
        ([], "no customer token"),
        ("text", "no customer token"),
    ],
)
def test_what_a_site_signs_wrongly_is_told(claims: Any, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read(json_web_token(claims, SECRET))


@pytest.mark.parametrize("time", STRANGE_TIMES)
@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_a_time_is_a_whole_number(name: str, time: str) -> None:
    others = "" if name == "exp" else f',"exp":{SOON}'
    token = sign_claims(f'{{"customer":{json.dumps(ANN)},"{name}":{time}{others}}}')
    with pytest.raises(Rejected, match=f"has no {name} in whole seconds|no customer token"):
        read(token)


@pytest.mark.parametrize("time", HUGE_TIMES)
@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
def test_a_time_is_never_far_ahead(name: str, time: str) -> None:
    others = "" if name == "exp" else f',"exp":{SOON}'
    token = sign_claims(f'{{"customer":{json.dumps(ANN)},"{name}":{time}{others}}}')
    with pytest.raises(Rejected, match=r"more than 24 hours|not valid yet|no customer token"):
        read(token)


def test_a_token_is_good_for_a_day_and_from_a_minute_ahead() -> None:
    for times in ({"exp": NOW + DAY}, {"exp": SOON, "iat": NOW + 60, "nbf": NOW + 60}):
        assert read(json_web_token({"customer": ANN, **times}, SECRET)) == ANN
    for name in ("iat", "nbf"):
        claims = {"customer": ANN, "exp": SOON, name: NOW + 61}
        with pytest.raises(Rejected, match="is not valid yet"):
            read(json_web_token(claims, SECRET))


@pytest.mark.parametrize("audience", [SITE, [SITE], ["https://shop.example.com", SITE]])
def test_a_token_for_this_site_is_read(audience: Any) -> None:
    assert read(json_web_token({"customer": ANN, "exp": SOON, "aud": audience}, SECRET)) == ANN


@pytest.mark.parametrize(
    "audience",
    ["pk_2", "", "PK_1", "pk_1 ", "xpk_1x", [], ["pk_2"], [["pk_1"]], None, True, 1, {"pk_1": 1}],
)
def test_a_token_for_another_audience_is_refused(audience: Any) -> None:
    with pytest.raises(Rejected, match="is for another audience"):
        read(json_web_token({"customer": ANN, "exp": SOON, "aud": audience}, SECRET))


@pytest.mark.parametrize(
    "header",
    [
        *({"alg": "none"}, {"alg": "HS512"}, {"alg": "hs256"}, {"alg": ["HS256"]}, {}, []),
        *({"alg": "HS256", "typ": "at+jwt"}, {"alg": "HS256", "crit": ["exp"]}, {"typ": "JWT"}),
    ],
)
def test_no_other_algorithm_and_no_extension_is_believed(header: Any) -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        read(json_web_token({"customer": ANN, "exp": SOON}, SECRET, header))


@pytest.mark.parametrize("header", [{"alg": "HS256"}, {"alg": "HS256", "typ": "jwt", "kid": "1"}])
def test_what_else_a_header_may_have(header: Any) -> None:
    assert read(json_web_token({"customer": ANN, "exp": SOON}, SECRET, header)) == ANN


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ('{"alg":"none","alg":"HS256"}', f'{{"customer":{{"email":"a@b.c"}},"exp":{SOON}}}'),
        ('{"alg":"HS256"}', f'{{"customer":{{"email":"a@b.c"}},"exp":1,"exp":{SOON}}}'),
        ('{"alg":"HS256"}', f'{{"customer":{{"email":"a@b.c","email":"x@y.z"}},"exp":{SOON}}}'),
        ('{"alg":"HS256"}', f'{{"customer":{{"email":"a@b.c","\\u0065mail":"x"}},"exp":{SOON}}}'),
    ],
)
def test_a_name_that_stands_twice_is_refused(header: str, claims: str) -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        read(sign_claims(claims, header))


def test_a_deep_token_is_refused() -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        read(sign_claims(f'{{"a":{"[" * 700}{"]" * 700}}}'))
