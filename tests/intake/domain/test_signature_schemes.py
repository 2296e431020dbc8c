"""Every vendor's scheme: published vectors are accepted, and nothing that differs in any byte."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.domain.signature import REFUSAL, SCHEMES, verify
from hub.intake.domain.signature.scheme import Signing
from hub.intake.domain.signed_request import SignedRequest
from hub.intake.domain.webhook_definition import WebhookDefinition
from hub.kernel.errors import Unauthorized
from tools.segue.credentials import Credential, generate
from tools.segue.webhook_signatures import signed

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "webhook_signatures.json").read_text()
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://hub.example.com/webhooks/x?a=%2Fb&c=d"
# What each scheme covers: of all else, a change is none of its business.
HOW = {
    name: WebhookDefinition(
        name,
        header="x-signature" if name in {"hmac", "api-key"} else "",
        prefix="Bearer " if name == "api-key" else "",
        body="form" if name == "twilio" else "json",
    )
    for name in SCHEMES
}
CREDENTIALS = {name: generate(name) for name in SCHEMES}
BODY = b'{"id": "evt_1", "note": "gr\xc3\xbc\xc3\x9fe"}'
FORM = urlencode({"MessageSid": "SM1", "Body": "grüße & more", "To": "+442079460101"}).encode()

texts = st.text(st.characters(codec=None), max_size=60)
schemes = pytest.mark.parametrize("scheme", sorted(SCHEMES))


def accepts(
    webhook: WebhookDefinition, sent: SignedRequest, *secrets: str, now: datetime = NOW
) -> bool:
    try:
        verify(webhook, sent, secrets, now)
    except Unauthorized:
        return False
    return True


def made(scheme: str, by: Credential | None = None, body: bytes | None = None) -> SignedRequest:
    """A request as the vendor of that scheme makes it."""
    if body is None:
        body = FORM if scheme == "twilio" else BODY
    signing = Signing(HOW[scheme], (by or CREDENTIALS[scheme]).private, "msg-1", NOW)
    return signed(SignedRequest(body, {}, url=URL), signing)


def covered(scheme: str) -> frozenset[str]:
    return SCHEMES[scheme].covers


def told(scheme: str) -> str:
    return CREDENTIALS[scheme].public


def published(vector: Mapping[str, Any]) -> tuple[WebhookDefinition, SignedRequest, str, datetime]:
    webhook = WebhookDefinition(vector["scheme"].split(" ")[0])
    body = vector["body"] if "body" in vector else urlencode(vector["form"])
    sent = SignedRequest(body.encode(), vector["headers"], url=vector.get("url", ""))
    secret = vector.get("secret") or vector["public_key"]
    return webhook, sent, secret, datetime.fromtimestamp(vector["now"] or 0, UTC)


def mutations(text: str) -> Iterator[str]:
    """Each character changed in its lowest and in its letter-case bit, and each left out."""
    for at, character in enumerate(text):
        for bit in (1, 32):
            yield text[:at] + chr(ord(character) ^ bit) + text[at + 1 :]
        yield text[:at] + text[at + 1 :]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["scheme"])
def test_a_published_vector_is_accepted_whatever_the_case_of_its_headers(
    vector: dict[str, Any],
) -> None:
    webhook, sent, secret, now = published(vector)
    for spelled in (str.lower, str.upper, str.title):
        headers = {spelled(name): value for name, value in sent.headers.items()}
        assert accepts(webhook, replace(sent, headers=headers), secret, now=now)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["scheme"])
def test_a_published_vector_changed_in_any_character_is_refused(vector: dict[str, Any]) -> None:
    webhook, sent, secret, now = published(vector)
    for other in mutations(secret):
        assert not accepts(webhook, sent, other, now=now)
    for name, value in sent.headers.items():
        for other in mutations(value):
            headers = {**sent.headers, name: other}
            assert not accepts(webhook, replace(sent, headers=headers), secret, now=now), other
    for other in mutations(sent.url):
        assert not accepts(webhook, replace(sent, url=other), secret, now=now), other
    if "form" not in vector:
        for at in range(len(sent.body)):
            for bit in (1, 32, 128):
                body = sent.body[:at] + bytes([sent.body[at] ^ bit]) + sent.body[at + 1 :]
                assert not accepts(webhook, replace(sent, body=body), secret, now=now), body


def test_a_form_changed_in_any_name_or_value_is_refused() -> None:
    vector = next(v for v in VECTORS if "form" in v)
    webhook, sent, secret, now = published(vector)
    for name, value in vector["form"].items():
        rest = {n: v for n, v in vector["form"].items() if n != name}
        changed = [{**rest, name: other} for other in mutations(value)]
        changed += [{**rest, other: value} for other in mutations(name)]
        for form in (*changed, rest, {**vector["form"], "More": "1"}):
            body = urlencode(form).encode()
            assert not accepts(webhook, replace(sent, body=body), secret, now=now), form


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_form_with_another_byte_says_the_same_or_is_refused(at: int, into: int) -> None:
    """The vendor signs names and values: `%2b` for `%2B`, or a blank for `+`, is no other form."""
    sent = made("twilio")
    at %= len(FORM)
    body = FORM[:at] + bytes([into]) + FORM[at + 1 :]
    refused = not accepts(HOW["twilio"], replace(sent, body=body), told("twilio"))
    assert refused or said(body) == said(FORM)


def said(body: bytes) -> list[tuple[str, str]] | None:
    """What a form says; None for what is none."""
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        return None


@schemes
def test_what_the_vendor_signs_is_accepted(scheme: str) -> None:
    assert accepts(HOW[scheme], made(scheme), told(scheme))


@schemes
def test_a_request_changed_in_what_the_scheme_covers_is_refused(scheme: str) -> None:
    sent, how, secret = made(scheme), HOW[scheme], told(scheme)
    for name, value in sent.headers.items():
        case_is_nothing = scheme in ("basic", "write-key")
        for other in mutations(value.removeprefix("Basic ") if case_is_nothing else value):
            given_ = f"Basic {other}" if case_is_nothing else other
            assert not accepts(how, replace(sent, headers={**sent.headers, name: given_}), secret)
        without = {n: v for n, v in sent.headers.items() if n != name}
        assert not accepts(how, replace(sent, headers=without), secret)
    covers_body, covers_address = ("body" in covered(scheme), "address" in covered(scheme))
    assert accepts(how, replace(sent, body=sent.body + b" "), secret) != covers_body
    assert not (covers_body and accepts(how, replace(sent, body=b""), secret))
    assert accepts(how, replace(sent, url=sent.url + "&e=f"), secret) != covers_address
    elsewhere = f"https://other.example.com/?{urlsplit(sent.url).query}"
    assert accepts(how, replace(sent, url=elsewhere), secret) != covers_address


@schemes
def test_a_scheme_returns_the_id_that_it_covers(scheme: str) -> None:
    signed_id = verify(HOW[scheme], made(scheme), [told(scheme)], NOW)
    assert signed_id == ("msg-1" if "id" in covered(scheme) else "")


def test_hubspot_signs_the_method_too() -> None:
    sent = replace(made("hubspot"), method="PUT")
    assert not accepts(HOW["hubspot"], sent, told("hubspot"))


@schemes
def test_another_secret_proves_nothing(scheme: str) -> None:
    other = generate(scheme)
    assert not accepts(HOW[scheme], made(scheme, other), told(scheme))
    assert not accepts(HOW[scheme], made(scheme), other.public)
    assert not accepts(HOW[scheme], made(scheme))
    assert not accepts(HOW[scheme], made(scheme), "")


@schemes
def test_two_secrets_are_live_while_one_is_rotated_and_no_more(scheme: str) -> None:
    other, third = generate(scheme).public, generate(scheme).public
    assert accepts(HOW[scheme], made(scheme), other, told(scheme))
    assert accepts(HOW[scheme], made(scheme), told(scheme), other)
    assert not accepts(HOW[scheme], made(scheme), other, third, told(scheme))
    more = replace(HOW[scheme], live_secrets=3)
    assert accepts(more, made(scheme), other, third, told(scheme))
    assert not accepts(more, made(scheme), other, third, "", told(scheme))


@schemes
@pytest.mark.parametrize("offset", [-301, -300, 0, 300, 301])
def test_what_carries_a_time_is_good_for_five_minutes_either_way(scheme: str, offset: int) -> None:
    now = NOW + timedelta(seconds=offset)
    in_time = "time" not in covered(scheme) or abs(offset) <= 300
    assert accepts(HOW[scheme], made(scheme), told(scheme), now=now) == in_time


@schemes
def test_an_empty_secret_proves_nothing_even_if_it_signed(scheme: str) -> None:
    if scheme in {"sendgrid", "standard-webhooks"}:
        with pytest.raises(ValueError, match=r"secret|data|key"):
            made(scheme, Credential("", ""))
        return
    assert not accepts(HOW[scheme], made(scheme, Credential("", "")), "")


HEADERS = sorted(
    {"authorization", "x-signature"}
    | {name.lower() for v in VECTORS for name in v["headers"]}
    | {name for scheme in SCHEMES for name in made(scheme).headers}
)


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(SCHEMES)),
    st.dictionaries(st.sampled_from(HEADERS) | texts, texts),
    st.binary(max_size=60),
    st.lists(texts, max_size=3),
    texts,
)
def test_no_input_raises_anything_but_unauthorized(
    scheme: str, headers: dict[str, str], body: bytes, secrets: list[str], url: str
) -> None:
    sent, how = SignedRequest(body, headers, url=f"https://x/?bodySHA256={url}"), HOW[scheme]
    with pytest.raises(Unauthorized, match=REFUSAL):
        verify(how, sent, secrets, NOW)
    real = made(scheme)
    mixed = [
        replace(real, headers={**real.headers, **headers}, body=body),
        replace(sent, headers=real.headers),
    ]
    for request in mixed:
        accepts(how, request, *secrets)
        accepts(how, request, told(scheme))


@pytest.mark.parametrize(
    "block",
    [
        *(None, [], "x", {}, {"timestamp": 1795348800, "token": "x", "signature": "y"}),
        {"timestamp": "1795348800", "token": None, "signature": "y"},
    ],
)
def test_a_mailgun_body_without_its_signature_is_refused(block: Any) -> None:
    for payload in (block, {"signature": block}, [{"signature": block}]):
        sent = SignedRequest(json.dumps(payload).encode(), {})
        assert not accepts(HOW["mailgun"], sent, told("mailgun"))


def test_time_and_token_of_mailgun_cannot_be_cut_elsewhere() -> None:
    sent = made("mailgun")
    payload = json.loads(sent.body)
    block = payload["signature"]
    for moved in (1, -1):
        text = block["timestamp"] + block["token"]
        at = len(block["timestamp"]) + moved
        cut = {**block, "timestamp": text[:at], "token": text[at:]}
        body = json.dumps({**payload, "signature": cut}).encode()
        assert not accepts(HOW["mailgun"], replace(sent, body=body), told("mailgun"))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_an_hmac_is_told_by_data(algorithm: str, encoding: str) -> None:
    how = WebhookDefinition("hmac", "x-sig", algorithm, encoding, prefix="v=")
    sent = signed(SignedRequest(BODY, {}), Signing(how, "s3cret", "", NOW))
    assert sent.headers["x-sig"].startswith("v=")
    assert accepts(how, sent, "s3cret")
    assert not accepts(replace(how, prefix=""), sent, "s3cret")


@pytest.mark.parametrize(
    "how",
    [
        WebhookDefinition("hmac", "x-sig", algorithm="md5"),
        WebhookDefinition("hmac", "x-sig", encoding="rot13"),
        WebhookDefinition("hmac"),
        WebhookDefinition("api-key"),
        WebhookDefinition("trust-me"),
        WebhookDefinition(""),
    ],
)
def test_a_definition_that_makes_no_sense_lets_nobody_in(how: WebhookDefinition) -> None:
    assert not accepts(how, SignedRequest(BODY, {"x-sig": "", "": ""}), "s3cret")


@pytest.mark.parametrize("scheme", sorted(name for name in SCHEMES if "address" in covered(name)))
def test_the_address_that_the_vendor_knows_is_the_one_that_is_signed(scheme: str) -> None:
    public = replace(HOW[scheme], public_url="https://hooks.example.com/x")
    known = signed(
        SignedRequest(FORM, {}, url="https://hooks.example.com/x?a=%2Fb&c=d"),
        Signing(HOW[scheme], told(scheme), "", NOW),
    )
    assert accepts(public, replace(known, url=URL), told(scheme))
    assert not accepts(public, replace(known, url=URL.partition("?")[0]), told(scheme))


def test_only_a_public_key_of_the_right_curve_is_one() -> None:
    for key in ("AAAA", "MCowBQYDK2VwAyEA1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="):
        assert not accepts(HOW["sendgrid"], made("sendgrid"), key)


def test_a_username_or_a_password_alone_proves_nothing() -> None:
    for secret in ("segue:", ":password", "password"):
        assert not accepts(HOW["basic"], made("basic", Credential("", secret)), secret)
