"""Who a page's visitor is, is believed only of the site's own server."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inbound.domain.visitor_token import parse_visitor_token
from hub.kernel.errors import Rejected
from tests.factories import NOON
from tests.visitor_tokens import customer_token, json_web_token

ANN = {"email": "ann@example.com"}
SOON = int((NOON + timedelta(minutes=5)).timestamp())
SECRET = "s" * 32
# Made with PyJWT 2.15: jwt.encode({"customer": ..., "exp": 1795600000}, SECRET, "HS256").
BY_A_LIBRARY = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
    ".eyJjdXN0b21lciI6eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSJ9LCJleHAiOjE3OTU2MDAwMDB9"
    ".vGJJmk02O5NxT8JohCpKgDo2IJisbqZJteUzZin4-_c"
)


def test_a_signed_token_tells_the_customers_keys() -> None:
    token = customer_token(ANN["email"], SOON, SECRET)
    assert parse_visitor_token(token, [SECRET], NOON) == ANN
    assert parse_visitor_token(token, ["new", SECRET], NOON) == ANN


def test_a_token_that_a_library_signed_is_read() -> None:
    assert parse_visitor_token(BY_A_LIBRARY, [SECRET], NOON) == ANN


@given(st.data())
def test_whatever_is_changed_in_a_token_it_is_refused(data: st.DataObject) -> None:
    token = customer_token(ANN["email"], SOON, SECRET)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(exclude_characters=token[place]))
    changed = token[:place] + other + token[place + 1 :]
    with pytest.raises(Rejected):
        parse_visitor_token(changed, [SECRET], NOON)


@pytest.mark.parametrize("secrets", [[], ["another"]])
def test_a_strange_secret_proves_nothing(secrets: list[str]) -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        parse_visitor_token(customer_token(ANN["email"], SOON, SECRET), secrets, NOON)


@pytest.mark.parametrize("token", [None, 7, "", "a.b.c", "a.b", f"{'x' * 3000}.y.{'z' * 43}"])
def test_what_is_no_token_is_refused(token: Any) -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        parse_visitor_token(token, [SECRET], NOON)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"customer": ANN, "exp": int(NOON.timestamp())}, "expired"),
        ({"customer": ANN, "exp": "later"}, "expired"),
        ({"customer": ANN, "exp": float("nan")}, "expired"),
        ({"customer": ANN, "exp": float("inf")}, "expired"),
        ({"customer": {"email": "\ud800@example.com"}, "exp": SOON}, "expired"),
        ({"customer": ANN}, "expired"),
        ({"customer": {}, "exp": SOON}, "names no key"),
        ({"customer": {"email": ""}, "exp": SOON}, "names no key"),
        ({"customer": "ann@example.com", "exp": SOON}, "names no key"),
        ([], "expired"),
    ],
)
def test_what_a_site_signs_wrongly_is_told(claims: Any, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        parse_visitor_token(json_web_token(claims, SECRET), [SECRET], NOON)


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS512"}, {}, []])
def test_no_other_algorithm_is_believed(header: Any) -> None:
    with pytest.raises(Rejected, match="no customer token of this site"):
        parse_visitor_token(
            json_web_token({"customer": ANN, "exp": SOON}, SECRET, header), [SECRET], NOON
        )
