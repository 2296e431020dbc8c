"""Language and country together choose how figures and dates are formatted."""

from typing import Any

import pytest
from babel import Locale

from hub.catalogue.domain.template import Template
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.content.adapters.reader_locale import find_locale
from hub.content.domain.template_scope import build_scope, choose_locale
from hub.model.customer import Customer


def a_reader(language: Any = None, country: Any = None) -> Customer:
    contact = {} if language is None else {"language": language}
    place = {} if country is None else {"country": country}
    return Customer(customer_id="c-1", contact=contact, place=place)


@pytest.mark.parametrize(
    ("text_language", "language", "country", "locale"),
    [
        ("en", "en", "GB", "en-GB"),
        ("en", "EN_gb", "US", "en-GB"),
        ("en", None, "gb", "en-GB"),
        ("en", "fr", "CA", "en-CA"),
        ("en-US", "fr", "CA", "en-US"),
        ("en-US", "en", "GB", "en-US"),
        ("de", "de-AT", "CH", "de-AT"),
        ("zh-Hans", "zh_hant_tw", "TW", "zh-Hans-TW"),
        ("zh", "zh-hans-cn", None, "zh-Hans-CN"),
        ("en", "en", "United Kingdom", "en"),
        ("en", None, None, "en"),
        ("en", 5, 44, "en"),
    ],
)
def test_the_locale_of_a_text(text_language: str, language: Any, country: Any, locale: str) -> None:
    assert choose_locale(text_language, a_reader(language, country)) == locale


def test_a_date_in_britain_has_its_day_first() -> None:
    template = Template("t", "service", {"sms": {"en": {"text": "x"}}}, "en")
    piece = template.localize("sms", "en")
    text = "{{ '2026-12-03' | date: 'short' }}"
    for country, written in (("GB", "03/12/2026"), ("US", "12/3/26"), ("IE", "03/12/2026")):
        scope = build_scope(template, piece, a_reader("en", country))
        assert LiquidRenderer().render({"text": text}, scope) == {"text": written}


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("EN_gb", Locale("en", "GB")),
        ("en-UK", Locale("en", "GB")),
        ("de-GB", Locale("de")),
        ("zh-hans-cn", Locale("zh", "CN", "Hans")),
        ("zh-Latn-TW", Locale("zh", "TW", "Hant")),
        ("nb-NO", Locale.parse("no")),
        ("tlh-001", Locale("en")),
        ("", Locale("en")),
    ],
)
def test_the_locale_of_a_tag(tag: str, locale: Locale) -> None:
    assert find_locale(tag) == locale
