"""Where a letter goes: the lines on the envelope, and whether there is an envelope at all."""

from typing import Any

import pytest

from hub.contact_policy.domain.contactability import check_consent, check_reachability
from hub.model.addresses import find_addresses
from hub.model.letter import Letter, postal_address
from tests.factories import a_customer

ANN = {"title": "Dr.", "first_name": "Ann", "last_name": "Lee"}
HOME = {"street": "Hauptstraße 12", "postcode": "1010", "city": "Wien", "country": "AT"}


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        ({}, ("Dr. Ann Lee", "Hauptstraße 12", "1010 Wien", "AT")),
        ({"country": ""}, ("Dr. Ann Lee", "Hauptstraße 12", "1010 Wien")),
        (
            {"postcode": "N1 1AA", "city": "London", "country": "United Kingdom"},
            ("Dr. Ann Lee", "Hauptstraße 12", "London N1 1AA", "UNITED KINGDOM"),
        ),
        (
            {"recipient": "Tea Ltd\nc/o  Bob", "street": "Yard 2\n 3 High Street "},
            ("Tea Ltd", "c/o Bob", "Yard 2", "3 High Street", "1010 Wien", "AT"),
        ),
    ],
)
def test_an_address_stands_as_the_post_reads_it(
    place: dict[str, Any], lines: tuple[str, ...]
) -> None:
    assert postal_address(a_customer(person=ANN, place={**HOME, **place})) == lines


@pytest.mark.parametrize(
    "place",
    [
        *({**HOME, name: " "} for name in ("street", "postcode", "city")),
        {**HOME, "street": "1\n2\n3\n4"},
        {},
    ],
)
def test_what_is_no_whole_address_is_none(place: dict[str, Any]) -> None:
    customer = a_customer(person=ANN, place=place)
    assert postal_address(customer) == ()
    assert find_addresses(customer, "letter") == ()
    assert check_reachability("letter", ()) == "no place.street is known"


def test_nobody_gets_a_letter_for_nobody() -> None:
    assert postal_address(a_customer(person={}, place=HOME)) == ()


def test_a_letter_wants_its_own_consent_and_its_address_is_one_text() -> None:
    customer = a_customer(person=ANN, place=HOME)
    assert find_addresses(customer, "letter") == ("Dr. Ann Lee\nHauptstraße 12\n1010 Wien\nAT",)
    assert check_consent(customer, "letter", "marketing")
    agreed = customer.with_changes(consent={"letter": {"marketing": True}})
    assert check_consent(agreed, "letter", "marketing") is None
    assert check_consent(agreed, "letter", "service")


def test_a_letter_is_itself_after_a_journey() -> None:
    letter = Letter("Hello", "Text", ("Ann", "Wien"), "de")
    assert Letter.from_dict(letter.to_dict()) == letter
