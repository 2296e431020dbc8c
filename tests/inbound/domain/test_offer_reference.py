"""A reference carries all that a response needs, for nobody's eyes and for one audience."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.inbound.domain.offer_reference import (
    APPLICATIONS,
    OfferReference,
    digest_keys,
    name_site_audience,
    parse_offer_reference,
)
from hub.kernel.errors import Rejected
from hub.kernel.tokens.sealed_token import TokenPurpose, seal
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Exposure
from tests.kernel.tokens.naughty_texts import NAUGHTY_TEXTS

KEY = "k" * 40
AT = datetime(2026, 11, 29, 10, 30, 0, 123_000, tzinfo=UTC)
ANN = {"email": "ann@example.com"}
BINS = (
    *("loyalty.tier=gold", "purchases.recency=week"),
    *("place.region=north", "engagement.opened=often"),
)
REFERENCE = OfferReference(
    request_id="5f2b8c0de1a94f3e8d7c6b5a49382716",
    customer_id="c-9f86d081884c7d659a2feaa0c55ad015",
    exposure=Exposure(Arm("gift-wrap", "web"), (), AT),
    category="chocolate-gifts",
    placement="homepage",
    asked_for=digest_keys(ANN),
)
TEXT = st.one_of(st.text(max_size=50), st.sampled_from(NAUGHTY_TEXTS))
ENCODED_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
MOMENT = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 as Hypothesis wants
EXPOSURE = st.builds(
    Exposure,
    st.builds(Arm, TEXT, TEXT),
    st.lists(TEXT, max_size=12).map(tuple),
    MOMENT.map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)),
    st.integers(1, 10**9).map(lambda seconds: timedelta(seconds=seconds)),
)
ANY_REFERENCE = st.builds(
    OfferReference,
    request_id=TEXT,
    customer_id=TEXT,
    exposure=EXPOSURE,
    category=TEXT,
    placement=TEXT,
    identities=st.dictionaries(ENCODED_TEXT, ENCODED_TEXT, max_size=4),
    asked_for=ENCODED_TEXT,
)
AUDIENCE = st.one_of(st.just(APPLICATIONS), TEXT.map(name_site_audience))


@given(ANY_REFERENCE, AUDIENCE)
def test_a_reference_comes_back_as_it_was(reference: OfferReference, audience: str) -> None:
    token = reference.to_token(KEY, audience)
    assert parse_offer_reference(token, ["newer", KEY], audience) == reference


@given(ANY_REFERENCE, AUDIENCE, AUDIENCE)
def test_a_reference_of_one_audience_is_none_for_another(
    reference: OfferReference, audience: str, other: str
) -> None:
    token = reference.to_token(KEY, audience)
    if other != audience:
        with pytest.raises(Rejected, match="is no reference of an answer of ours"):
            parse_offer_reference(token, [KEY], other)


def test_no_site_is_the_audience_of_applications() -> None:
    """Whatever its public key is."""
    for site in ("", "applications", "site pk_1", *NAUGHTY_TEXTS):
        assert name_site_audience(site) != APPLICATIONS


def test_a_reference_shows_nothing() -> None:
    body = REFERENCE.to_token(KEY, APPLICATIONS).removeprefix("r2.")
    shown = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    texts = [
        *(REFERENCE.customer_id, REFERENCE.request_id, REFERENCE.id, REFERENCE.decision_id),
        *(REFERENCE.category, REFERENCE.placement, REFERENCE.asked_for, "gift-wrap"),
    ]
    for text in texts:
        assert text not in body
        assert text.encode() not in shown
    for hexadecimal in (REFERENCE.customer_id.removeprefix("c-"), REFERENCE.request_id):
        assert bytes.fromhex(hexadecimal) not in shown


def test_a_reference_is_short() -> None:
    """Of 0.2.0 it had 504 characters, and 625 with four bins."""
    binned = OfferReference(
        REFERENCE.request_id,
        REFERENCE.customer_id,
        Exposure(Arm("gift-wrap", "web"), BINS, AT),
        REFERENCE.category,
        REFERENCE.placement,
        asked_for=REFERENCE.asked_for,
    )
    assert len(REFERENCE.to_token(KEY, APPLICATIONS)) <= 150
    assert len(binned.to_token(KEY, APPLICATIONS)) <= 260


@given(st.text(max_size=40), st.integers(0, 200))
def test_a_reference_that_was_changed_is_none(noise: str, at: int) -> None:
    token = REFERENCE.to_token(KEY, APPLICATIONS)
    place = at % len(token)
    changed = token[:place] + noise + token[place + 1 :]
    if changed != token:
        with pytest.raises(Rejected):
            parse_offer_reference(changed, [KEY], APPLICATIONS)
    with pytest.raises(Rejected):
        parse_offer_reference(token, ["another key"], APPLICATIONS)


def test_a_link_of_a_mail_is_no_reference() -> None:
    """Even if somebody used one secret for both."""
    token = seal(TokenPurpose("segue preferences", "p2"), APPLICATIONS, ["c-1", "email"], KEY)
    for text in (token, f"r2.{token.removeprefix('p2.')}"):
        with pytest.raises(Rejected):
            parse_offer_reference(text, [KEY], APPLICATIONS)


def test_it_was_requested_for_these_keys_alone() -> None:
    assert REFERENCE.was_requested_for(dict(ANN))
    assert not REFERENCE.was_requested_for({"email": "bob@example.com"})
    assert not REFERENCE.was_requested_for({})
    visitor = OfferReference("q-1", "", REFERENCE.exposure, identities={"cookie": "x" * 16})
    assert visitor.was_requested_for({"cookie": "x" * 16})
    assert not visitor.was_requested_for({"cookie": "y" * 16})
