"""Phone numbers and the countries that go with them."""

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.contact_details.country import list_country_names, to_country_code
from hub.kernel.contact_details.phone import to_e164

NAMES = list(list_country_names())
ENGLISH, GERMAN = (Locale(language).territories for language in ("en", "de"))


@given(st.sampled_from(NAMES), st.sampled_from([str, str.upper, str.lower, " {} ".format]))
def test_every_name_of_a_country_leads_to_its_code(name: tuple[str, str], spell: object) -> None:
    assert callable(spell)
    assert to_country_code(spell(name[1])) == name[0]


@pytest.mark.parametrize("names", [ENGLISH, GERMAN])
def test_the_names_are_those_of_the_cldr(names: dict[str, str]) -> None:
    codes = {code for code, _ in NAMES}
    assert len(codes) > 240
    assert {to_country_code(names[code]) for code in codes} == codes


@pytest.mark.parametrize("text", ["", "Atlantis", "XX", "12", "U" * 5_000])
def test_what_is_no_country_has_no_code(text: str) -> None:
    assert to_country_code(text) is None


@given(st.sampled_from([name for code, name in NAMES if code == "GB"]))
def test_a_national_number_is_one_of_its_country_however_that_is_written(name: str) -> None:
    for text in ("020 7183 8750", "+44 (0)20 7183 8750", "0044 20 7183 8750"):
        assert to_e164(text, name) == "+442071838750"


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("+44 (0)20 7183 8750", None),
        ("+44 (0)20 7183 8750", "Atlantis"),
        ("0044 20 7183 8750", None),
        (" 00 44 20 7183 8750", ""),
        ("tel:+44-20-7183-8750", None),
        ("\u202a+44 20 7183 8750\u202c", None),
        ("+\uff14\uff14 20 7183 8750", None),
    ],
)
def test_an_international_number_needs_no_country(text: str, country: str | None) -> None:
    assert to_e164(text, country) == "+442071838750"


@pytest.mark.parametrize("text", ["020 7183 8750", "0000000000", "+1", "", "phone"])
def test_without_a_country_a_national_number_is_none(text: str) -> None:
    assert to_e164(text) is None
