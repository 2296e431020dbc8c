"""Handshakes: answered as the vendor documents it, and to nobody else than who may ask."""

import hmac
import json
from base64 import b64encode
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_challenge import METHODS, answer_challenge, answer_signed_challenge
from hub.intake.domain.webhook_definition import ApiResponse
from hub.kernel.errors import Rejected, Unauthorized
from hub.kernel.json_body import parse_json

ADDRESS = "https://hub.example.com/webhooks/x"
SECRETS, TOKENS = ["newest", "older"], ["meadow", "brook"]
META = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "meadow"}
CRC = {"crc_token": "NTk1YWJiODgtMjA5Mi00ZjQw"}
ASKS = {"type": "url_verification", "token": "old", "challenge": "3eZbrw1aB10FEMAGAZd4FyFQ"}

schemes = st.sampled_from([*METHODS, "", "trust-me"])
words = st.text(max_size=300)


def asked(query: str, method: str = "GET") -> SignedRequest:
    return SignedRequest(b"", {}, method, f"{ADDRESS}?{query}")


def refused(scheme: str, sent: SignedRequest, *, secrets: list[str], tokens: list[str]) -> bool:
    with suppress(Unauthorized):
        answer_challenge(scheme, sent, secrets, tokens)
        return False
    return True


@pytest.mark.parametrize("token", TOKENS)
def test_meta_hears_its_challenge_when_it_knows_the_token(token: str) -> None:
    sent = asked(urlencode({**META, "hub.verify_token": token}))
    answer = answer_challenge("verify-token", sent, SECRETS, TOKENS)
    assert answer == ApiResponse(200, "text/plain", "1158201444")


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.verify_token": "Meadow"},
        {"hub.verify_token": "newest"},
        {"hub.verify_token": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
        {"hub.challenge": "<script>"},
        {"hub.challenge": "1\r\nset-cookie: a=b"},
        {"hub.challenge": "1" * 257},
    ],
)
def test_meta_hears_nothing_when_anything_is_wrong(changed: dict[str, str]) -> None:
    sent = asked(urlencode({**META, **changed}))
    assert refused("verify-token", sent, secrets=SECRETS, tokens=TOKENS)


@pytest.mark.parametrize("missing", META)
def test_meta_hears_nothing_when_anything_is_missing_or_said_twice(missing: str) -> None:
    rest = {name: value for name, value in META.items() if name != missing}
    for sent in (asked(urlencode(rest)), asked(f"{urlencode(META)}&{missing}=meadow")):
        assert refused("verify-token", sent, secrets=SECRETS, tokens=TOKENS)


@pytest.mark.parametrize("tokens", [[], [""], ["a", "b", "meadow"]])
def test_a_token_that_is_none_or_no_longer_live_opens_nothing(tokens: list[str]) -> None:
    for token in ("meadow", ""):
        sent = asked(urlencode({**META, "hub.verify_token": token}))
        assert refused("verify-token", sent, secrets=SECRETS, tokens=tokens)


def test_x_hears_the_digest_of_its_token_by_the_newest_secret() -> None:
    answer = answer_challenge("crc", asked(urlencode(CRC)), SECRETS, [])
    digest = b64encode(hmac.digest(b"newest", CRC["crc_token"].encode(), "sha256")).decode()
    assert (answer.status, answer.type) == (200, "application/json")
    assert json.loads(answer.body or "") == {"response_token": f"sha256={digest}"}


@pytest.mark.parametrize("query", ["", "crc_token=", "crc_token=a&crc_token=b", "token=a"])
def test_x_hears_nothing_without_one_token(query: str) -> None:
    assert refused("crc", asked(query), secrets=SECRETS, tokens=[])


@pytest.mark.parametrize("secrets", [[], [""]])
def test_nothing_is_signed_without_a_secret(secrets: list[str]) -> None:
    assert refused("crc", asked(urlencode(CRC)), secrets=secrets, tokens=[])


@given(words | st.dictionaries(words, words).map(json.dumps) | st.lists(words).map(json.dumps))
@example('{"direct_message_events":[]}')
@example("x" * 257)
def test_no_token_that_is_signed_could_be_a_body_with_events(token: str) -> None:
    """Or X's handshake would sign anybody's events."""
    if not refused("crc", asked(urlencode({"crc_token": token})), secrets=SECRETS, tokens=[]):
        with suppress(Rejected):
            assert not isinstance(parse_json(token.encode()), dict | list)


def test_slack_hears_the_challenge_and_events_are_none() -> None:
    scheme = "url-verification"
    assert answer_signed_challenge(scheme, json.dumps(ASKS).encode()) == ApiResponse(
        200, "text/plain", ASKS["challenge"]
    )
    assert answer_signed_challenge(scheme, b'{"type": "event_callback", "challenge": "x"}') is None
    assert answer_signed_challenge(scheme, b"[1]") is None
    assert answer_signed_challenge("crc", json.dumps(ASKS).encode()) is None
    for wrong in ("<b>", "", "x" * 257, 7, None):
        with pytest.raises(Unauthorized):
            answer_signed_challenge(scheme, json.dumps({**ASKS, "challenge": wrong}).encode())


def test_who_only_knocks_is_told_that_somebody_is_there() -> None:
    assert answer_challenge("head", asked("", "HEAD"), [], []) == ApiResponse(200, "text/plain", "")
    assert refused("head", asked(""), secrets=SECRETS, tokens=TOKENS)


@given(schemes, st.sampled_from(["GET", "HEAD", "POST", "PUT", ""]), words)
def test_whatever_is_asked_is_answered_or_refused(scheme: str, method: str, query: str) -> None:
    for words_of_meta in (query, f"{urlencode(META)}&{query}", f"{urlencode(CRC)}&{query}"):
        with suppress(Unauthorized):
            answer = answer_challenge(scheme, asked(words_of_meta, method), SECRETS, TOKENS)
            assert answer.status == 200
            assert METHODS[scheme] == method
