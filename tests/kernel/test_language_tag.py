"""Language tags in any spelling, and the choice of texts by them (RFC 4647)."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kernel.language_tag import choose_language, parse_language_tag, same_language

TAGS = ["en", "en-GB", "de", "de-AT", "de-CH-1996", "zh", "zh-Hans", "zh-Hant-TW", "es-419", "fr"]
SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    str.lower,
    str.title,
    lambda tag: tag.replace("-", "_"),
    lambda tag: f" {tag}.UTF-8@euro",
]


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("EN_gb", "en-GB"),
        ("en-US", "en"),
        ("zh-hans-cn", "zh-Hans"),
        ("zh_TW", "zh"),
        ("de-CH", "de"),
        ("de-ch-1996-x-me", "de-CH-1996"),
        ("it", "fr"),
        ("", "fr"),
        ("nonsense and more", "fr"),
        ("e" * 200, "fr"),
        (None, "fr"),
        (5, "fr"),
    ],
)
def test_the_text_is_the_nearest_one(wanted: object, chosen: str) -> None:
    assert choose_language(TAGS, wanted, "FR") == chosen


@pytest.mark.parametrize(
    "available",
    [
        "zh-Hant-CN-x-private1-private2",
        "zh-Hant-CN-x-private1",
        "zh-Hant-CN",
        "zh-Hant",
        "zh",
    ],
)
def test_a_tag_is_shortened_as_the_rfc_has_it(available: str) -> None:
    """The example of RFC 4647, section 3.4."""
    wanted = "zh-Hant-CN-x-private1-private2"
    assert choose_language(["en", available], wanted, "en") == available
    assert choose_language(["en", "zh-Hant-CN-x"], wanted, "en") == "en"


def test_without_the_default_it_is_the_first() -> None:
    assert choose_language(["de", "fr"], "it", "en") == "de"


def test_old_codes_are_the_same_language() -> None:
    assert choose_language(["en", "he", "no"], "iw-IL", "en") == "he"
    assert choose_language(["en", "nb"], "no-NO", "en") == "nb"


@given(
    st.lists(st.sampled_from(TAGS), min_size=1, unique=True),
    st.sampled_from([*TAGS, "en-US", "de-AT-1996", "zh-Hant", "it"]),
    st.sampled_from(SPELLINGS),
    st.sampled_from(SPELLINGS),
)
def test_no_spelling_changes_the_choice(
    available: list[str],
    wanted: str,
    spell: Callable[[str], str],
    spell_available: Callable[[str], str],
) -> None:
    chosen = choose_language(available, wanted, "en")
    spelled = {spell_available(tag): tag for tag in available}
    assert spelled[choose_language(spelled, spell(wanted), spell("en"))] == chosen
    assert same_language(spell(wanted), spell_available(wanted))
    assert parse_language_tag(spell(wanted)) == parse_language_tag(wanted)


@given(st.text(max_size=30) | st.text(alphabet="-_.@aAzZ19 ", max_size=20))
def test_any_text_has_subtags(text: str) -> None:
    tag = parse_language_tag(text)
    assert parse_language_tag(str(tag)) == tag
    assert choose_language(["en"], text, text) == "en"


def test_the_parts_of_a_tag() -> None:
    assert parse_language_tag("ZH_hans_cn") == ("zh", "Hans", "CN")
    assert parse_language_tag("es-419") == ("es", "", "419")
    assert parse_language_tag("de-CH-1996") == ("de", "", "CH")
    assert parse_language_tag("en-x-gb") == ("en", "", "")
