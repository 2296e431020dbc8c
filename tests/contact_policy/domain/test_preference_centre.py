"""Links by which people say what they want to hear, and what they say by them."""

import json
from urllib.parse import urlencode

import pytest
from urllib3.filepost import encode_multipart_formdata

from hub.contact_policy.domain.preference_centre import (
    PreferenceLink,
    build_change_event,
    build_unsubscribe_event,
    mask_address,
    one_click_headers,
    parse_choices,
    read_choices,
    render_page,
)
from hub.kernel.errors import Rejected
from hub.profile.domain.traits import add_consent_proofs, apply_event_traits
from tests.factories import NOON, a_customer

ANN = PreferenceLink("c-1", "email", "a-1")
CLICK = b"List-Unsubscribe=One-Click"


def test_the_headers_are_those_of_rfc_8058() -> None:
    assert one_click_headers("https://x") == {
        "List-Unsubscribe": "<https://x>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_a_click_takes_marketing_back_on_that_channel_alone_with_proof() -> None:
    ann = a_customer()
    event = build_unsubscribe_event(ANN, NOON)
    after = apply_event_traits(ann, event, event.traits)
    assert after.consent["email"] == {"marketing": False, "service": True}
    assert after.consent["call"] == ann.consent["call"]
    assert (
        "refused answer a-1.email.unsubscribed" in add_consent_proofs({}, event)["email.marketing"]
    )


def test_the_form_says_yes_and_no_by_channel_and_purpose() -> None:
    ann = a_customer()
    body = b"wanted=email.service&wanted=sms.marketing&wanted=fax.marketing&choose=yes"
    wanted = parse_choices(body, read_choices(ann))
    assert wanted is not None
    event = build_change_event(ANN, wanted, NOON)
    said = event.traits["consent"]
    assert said["email"] == {"marketing": False, "service": True}
    assert said["sms"] == {"marketing": True}
    assert said["call"] == {"marketing": False, "service": False}
    assert "fax" not in said, "she has none"


@pytest.mark.parametrize("end", ["", "\r\n", "&"])
def test_a_click_may_come_as_either_kind_of_form(end: str) -> None:
    """The examples of RFC 8058, sections 8.1 and 8.3."""
    assert parse_choices(CLICK + end.encode(), {}) is None
    multipart = (
        "------FormBoundaryjWmhtjORrn\r\n"
        'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
        "One-Click\r\n------FormBoundaryjWmhtjORrn--\r\n"
    )
    kind = "multipart/form-data; boundary=----FormBoundaryjWmhtjORrn"
    for body in (multipart, multipart.replace("\r\n", "\n"), multipart + end):
        assert parse_choices(body.encode(), {}, kind) is None
    with pytest.raises(Rejected, match="neither the form nor"):
        parse_choices(multipart.replace("One-Click", "Two").encode(), {}, kind)
    with pytest.raises(Rejected, match="is no form"):
        parse_choices(b"List-Unsubscribe=One-Click", {}, kind)


def test_the_form_may_be_multipart() -> None:
    fields = [("wanted", "email.service"), ("wanted", "sms.marketing"), ("choose", "yes")]
    body, kind = encode_multipart_formdata(fields)
    current = read_choices(a_customer())
    assert parse_choices(body, current, kind) == parse_choices(urlencode(fields).encode(), current)


def test_a_mail_programs_click_is_no_form() -> None:
    assert parse_choices(CLICK, {}) is None
    with pytest.raises(Rejected, match="neither the form nor"):
        parse_choices(b"hello=1", {})
    with pytest.raises(Rejected, match="more fields than the form"):
        parse_choices(b"&".join([b"wanted=email.marketing"] * 60), {})


@pytest.mark.parametrize(
    ("address", "seen"),
    [("ann@example.com", "a•••@example.com"), ("+442071838750", "•••750")],
)
def test_an_address_is_masked(address: str, seen: str) -> None:
    assert mask_address(address) == seen


def test_the_page_shows_nothing_personal() -> None:
    shown = render_page(a_customer(person={"first_name": "Ann", "last_name": "Ash"}))
    for secret in ("ann@example.com", "Ann", "Ash", "2071838", "c-1"):
        assert secret not in shown
    assert 'value="email.marketing" checked' in shown
    assert '<html lang="en">' in shown
    assert json.dumps(shown).count("<script") == 0


def test_the_page_speaks_their_language() -> None:
    contact = {"email": "bernd@example.com", "language": "de-AT"}
    assert "Was Sie von uns hören" in render_page(a_customer(contact=contact), saved=True)


@pytest.mark.parametrize(
    ("language", "shown"),
    [("DE_at", "de"), ("de", "de"), ("del", "en"), ("EN_gb", "en"), ("fr", "en"), (None, "en")],
)
def test_the_page_is_in_the_customers_language_or_in_english(
    language: str | None, shown: str
) -> None:
    page = render_page(a_customer(contact={"language": language}))
    assert f'<html lang="{shown}">' in page
