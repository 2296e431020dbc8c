"""Standard Webhooks: the published vectors are accepted, and nothing that differs from them."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.domain.signature import REFUSAL
from hub.intake.domain.signature import verify as verify_any
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.errors import Unauthorized
from hub.kernel.standard_webhooks import sign

PUBLISHED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "webhook_signatures.json").read_text()
)
VECTORS = [v for v in PUBLISHED if v["scheme"].startswith("standard-webhooks") and "secret" in v]
VECTOR = VECTORS[0]
NOW = datetime.fromtimestamp(VECTOR["now"], UTC)
SECRET, BODY = str(VECTOR["secret"]), str(VECTOR["body"]).encode()
ID, TIMESTAMP, SIGNATURE = (str(value) for value in VECTOR["headers"].values())
OTHER = "whsec_" + b64encode(b"another key of 24 bytes.").decode()

texts = st.text(st.characters(codec=None), max_size=60)


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str:
    return verify_any(
        WebhookDefinition("standard-webhooks"), SignedRequest(body, headers), secrets, now
    )


def is_accepted(
    *,
    body: bytes = BODY,
    delivery_id: str = ID,
    timestamp: str = TIMESTAMP,
    signature: str = SIGNATURE,
    secrets: tuple[str, ...] = (SECRET,),
    now: datetime = NOW,
) -> bool:
    headers = {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature,
    }
    try:
        return verify(headers, body, secrets, now) == delivery_id
    except Unauthorized:
        return False


def changed(text: str, at: int, into: str) -> str:
    at %= len(text)
    return text[:at] + into + text[at + 1 :]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["scheme"])
def test_a_published_vector_is_accepted_whatever_the_case_of_its_headers(
    vector: dict[str, Any],
) -> None:
    now = datetime.fromtimestamp(vector["now"], UTC)
    for spelled in (str.lower, str.upper, str.title):
        headers = {spelled(name): value for name, value in vector["headers"].items()}
        assert verify(headers, vector["body"].encode(), [vector["secret"]], now) == ID


@given(at=st.integers(0, 10_000), into=st.integers(0, 255))
def test_a_changed_byte_of_the_body_is_refused(at: int, into: int) -> None:
    at %= len(BODY)
    body = BODY[:at] + bytes([into]) + BODY[at + 1 :]
    assert is_accepted(body=body) == (body == BODY)


@given(at=st.integers(0, 10_000), into=st.characters(codec=None))
def test_a_changed_character_anywhere_else_is_refused(at: int, into: str) -> None:
    other_id = changed(ID, at, into)
    assert is_accepted(delivery_id=other_id) == (other_id == ID)
    other_time = changed(TIMESTAMP, at, into)
    assert is_accepted(timestamp=other_time) == (other_time == TIMESTAMP)
    other_signature = changed(SIGNATURE, at, into)
    assert is_accepted(signature=other_signature) == (other_signature == SIGNATURE)
    other_secret = changed(SECRET, at, into)
    assert is_accepted(secrets=(other_secret,)) == (other_secret == SECRET)


def test_another_spelling_of_the_same_signature_bytes_is_refused() -> None:
    assert SIGNATURE.endswith("E=")
    assert not is_accepted(signature=SIGNATURE.removesuffix("E=") + "F=")


@given(st.dictionaries(texts, texts), st.tuples(texts, texts, texts), st.binary(max_size=40), texts)
def test_no_input_raises_anything_but_unauthorized(
    headers: dict[str, str], ours: tuple[str, str, str], body: bytes, secret: str
) -> None:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    signed = dict(zip(names, ours, strict=True))
    for secrets in ([], [secret], [SECRET]):
        for given_headers in (headers, signed, signed | {"webhook-timestamp": TIMESTAMP}):
            with pytest.raises(Unauthorized, match=REFUSAL):
                verify(given_headers, body, secrets, NOW)


@pytest.mark.parametrize("offset", [-301, -300, 0, 300, 301])
def test_a_signature_is_good_for_five_minutes_either_way(offset: int) -> None:
    assert is_accepted(now=NOW + timedelta(seconds=offset)) == (abs(offset) <= 300)


@pytest.mark.parametrize(
    "timestamp", [f"+{TIMESTAMP}", f" {TIMESTAMP}", f"{TIMESTAMP}.0", "9" * 99]
)
def test_a_time_in_any_other_form_is_refused_even_if_signed(timestamp: str) -> None:
    signed = sign(SECRET, ID, NOW, BODY)
    assert not is_accepted(signature=signed["webhook-signature"], timestamp=timestamp)


def test_two_secrets_are_live_while_one_is_rotated_and_no_more() -> None:
    assert is_accepted(secrets=(OTHER, SECRET))
    assert is_accepted(secrets=(SECRET, OTHER))
    assert not is_accepted(secrets=(OTHER, OTHER, SECRET))


def test_a_secret_with_a_slip_of_the_keyboard_in_it_is_no_secret() -> None:
    for slip in ("!", " ", "\u00e9"):
        assert not is_accepted(secrets=(changed(SECRET, 9, SECRET[9] + slip),))


def test_one_good_signature_among_several_is_enough() -> None:
    assert is_accepted(signature=f"v1a,AAAA v1,AAAA {SIGNATURE}")
    assert not is_accepted(signature="v1a,AAAA v1,AAAA")


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", SECRET.removeprefix("whsec_")])
def test_an_empty_or_short_secret_signs_and_proves_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        sign(secret, ID, NOW, BODY)
    assert not is_accepted(secrets=(secret,))


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=99), st.integers(0, 299))
def test_what_we_sign_we_accept(key: bytes, body: bytes, late: int) -> None:
    secret = "whsec_" + b64encode(key).decode()
    headers = sign(secret, "msg-1", NOW, body)
    assert verify(headers, body, [secret], NOW + timedelta(seconds=late)) == "msg-1"


def test_the_vector_is_what_we_sign() -> None:
    assert sign(SECRET, ID, NOW, BODY) == VECTOR["headers"]
