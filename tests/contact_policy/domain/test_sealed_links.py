"""Links of messages: nobody reads them, nobody changes them, and those of old mails still work."""

from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contact_policy.domain.preference_centre import PreferenceLink
from hub.contact_policy.domain.sealed_links import (
    SealedLinks,
    open_link,
    parse_link_keys,
    seal_link,
)
from hub.inbound.domain.offer_reference import APPLICATIONS, OfferReference
from hub.kernel.errors import NotFound, Unavailable
from hub.learning.domain.decaying_counters import Arm
from hub.learning.domain.feedback import Exposure
from tests.factories import NOON
from tests.kernel.tokens.naughty_texts import NAUGHTY_TEXTS
from tests.records import an_action

KEY = "k" * 48
ANN = PreferenceLink("c-9f86d081884c7d659a2feaa0c55ad015", "email", "a-Zm9vYmFyYmF6cXV4")
TOKEN = seal_link(ANN, KEY)
TEXT = st.one_of(st.text(max_size=60), st.sampled_from(NAUGHTY_TEXTS))
OLD = PreferenceLink("c-1", "email", "a-1")
OLD_TOKEN = (
    "p1.eyJhY3Rpb25faWQiOiJhLTEiLCJjaGFubmVsIjoiZW1haWwiLCJjdXN0b21lcl9pZCI6ImMtMSJ9"  # noqa: S105 its key is above
    ".L2mllpx3OoE6o42E8cQGvw"
)
"""Made with `KEY` by the release 0.2.0 for `OLD`."""


@given(st.builds(PreferenceLink, TEXT, TEXT, TEXT))
def test_a_link_leads_to_whom_it_was_sent(link: PreferenceLink) -> None:
    token = seal_link(link, KEY)
    assert token == seal_link(link, KEY), "a message that is rendered again is the same"
    assert open_link(token, ["newer", KEY]) == link


def test_a_link_shows_nobody_and_is_short() -> None:
    body = TOKEN.removeprefix("p2.")
    shown = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    for fact in (ANN.customer_id, ANN.channel, ANN.action_id):
        assert fact not in TOKEN
        assert fact.encode() not in shown
    assert bytes.fromhex(ANN.customer_id.removeprefix("c-")) not in shown
    assert len(TOKEN) <= 75


@pytest.mark.parametrize("token", [TOKEN, OLD_TOKEN])
@given(st.data())
def test_a_link_that_was_changed_is_none(token: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(token) - 1))
    put = data.draw(st.one_of(st.sampled_from("AaZz09-_.~"), TEXT))
    changed = token[:at] + put + token[at + 1 :]
    if changed != token:
        with pytest.raises(NotFound):
            open_link(changed, [KEY])


@pytest.mark.parametrize(
    "token",
    [*NAUGHTY_TEXTS, "p1..", "p1.e30.x", "p2.", None, 7, "r2." + TOKEN[3:], "p1." + "é", TOKEN[3:]],
)
def test_what_is_no_link_is_none(token: object) -> None:
    with pytest.raises(NotFound):
        open_link(token, [KEY])


def test_the_reference_of_an_offer_is_no_link() -> None:
    exposure = Exposure(Arm("beans", "web"), (), NOON)
    reference = OfferReference("q-1", "c-1", exposure).to_token(KEY, APPLICATIONS)
    for token in (reference, f"p2.{reference.removeprefix('r2.')}"):
        with pytest.raises(NotFound):
            open_link(token, [KEY])


def test_a_link_of_a_mail_that_was_sent_before_links_were_sealed_works_while_its_key_does() -> None:
    assert open_link(OLD_TOKEN, ["newer", KEY]) == OLD
    for keys in ([], [""], ["newer"]):
        with pytest.raises(NotFound):
            open_link(OLD_TOKEN, keys)


def test_without_a_key_there_is_no_link_and_so_no_message() -> None:
    with pytest.raises(Unavailable):
        SealedLinks("https://hub.example.com", list).build_links(an_action())


def test_a_rotated_key_still_opens() -> None:
    assert parse_link_keys({"key": "new", "former": ["old"]}) == ["new", "old"]
    assert parse_link_keys({}) == []
    assert open_link(TOKEN, ["new", KEY]) == ANN
    with pytest.raises(NotFound):
        open_link(TOKEN, ["new"])
