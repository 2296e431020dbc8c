"""How many segments a text message takes."""

from math import ceil

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.content.domain.sms_segments import (
    GSM_7,
    MOST_SEGMENTS,
    UCS_2,
    check_sms_length,
    measure_sms,
)

# 3GPP TS 23.038, 6.2.1 and 6.2.1.1, row by row; the place of ESC is left out.
DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"

gsm = st.text(alphabet=DEFAULT + EXTENSION, max_size=1700)
any_text = st.one_of(gsm, st.text(max_size=700))


def widths(text: str, encoding: str) -> list[int]:
    if encoding == UCS_2:
        return [len(char.encode("utf-16-be")) // 2 for char in text]
    return [2 if char in EXTENSION else 1 for char in text]


def test_the_alphabet_is_that_of_the_standard() -> None:
    assert len(set(DEFAULT)) == 127
    assert measure_sms(DEFAULT).encoding == measure_sms(EXTENSION).encoding == GSM_7
    assert (measure_sms(DEFAULT).units, measure_sms(EXTENSION).units) == (127, 20)


@pytest.mark.parametrize("text", ["ç", "“", "’", "–", "ł", "\t", "\u00a0", "Α", "\x1b", "😀"])
def test_one_other_character_turns_the_whole_text_to_ucs_2(text: str) -> None:
    assert measure_sms("a" * 70 + text).encoding == UCS_2
    assert measure_sms("a" * 70 + text).segments == 2


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" * 77, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
    ],
)
def test_a_text_takes_the_segments_of_the_standard(text: str, segments: int) -> None:
    assert measure_sms(text).segments == segments


@given(any_text)
@example("€" * 77)
def test_a_text_fits_into_its_segments_and_not_into_fewer(text: str) -> None:
    """Compared with the limits; a pair that is not split costs one unit a segment at most."""
    length = measure_sms(text)
    alone, part = {GSM_7: (160, 153), UCS_2: (70, 67)}[length.encoding]
    assert length.units == sum(widths(text, length.encoding))
    if length.units <= alone:
        assert length.segments == 1
    else:
        assert ceil(length.units / part) <= length.segments <= ceil(length.units / (part - 1))


@given(any_text, any_text)
def test_a_longer_text_never_takes_less(text: str, more: str) -> None:
    assert measure_sms(text + more).segments >= measure_sms(text).segments


@given(any_text)
def test_a_text_is_in_gsm_exactly_if_every_character_is(text: str) -> None:
    assert (measure_sms(text).encoding == GSM_7) == all(
        char in DEFAULT + EXTENSION for char in text
    )


def test_ten_segments_are_the_most() -> None:
    assert check_sms_length("a" * 153 * MOST_SEGMENTS) is None
    assert check_sms_length("a" * (153 * MOST_SEGMENTS + 1)) == (
        "the text takes 11 segments in GSM-7: 10 at most"
    )


def test_the_character_that_makes_a_text_long_is_named() -> None:
    assert check_sms_length("Win a “star” " * 60) == (
        "the text takes 12 segments in UCS-2 because of '“': 10 at most"
    )


@given(st.text(min_size=1, max_size=2000))
def test_a_text_that_is_not_too_long_fits_one_call_of_sns(text: str) -> None:
    """1,600 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
    assert check_sms_length(text) or len(text) <= 1600
