"""The letters as they leave the printer."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from hub.delivery.adapters.letter_pdf import typeset_letter, typeset_letters
from hub.kernel.errors import Rejected
from hub.model.letter import Letter

ON = date(2026, 11, 25)
SENDER = ("Tea & Friends", "Mariahilfer Straße 1", "1060 Wien")
HOME = ("Żaneta Müller", "Hauptstraße 12", "1010 Wien", "ÖSTERREICH")
TEXT = "Liebe Żaneta,\n\nein Tee für 22,50 € – Ελλάδα, България.\n\nGrüße"
LETTER = Letter("Ihr Tee", TEXT, HOME)
LONG = "Line after line.\n" * 60


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def test_a_letter_says_who_whom_when_and_what_in_all_of_europes_letters() -> None:
    [page] = pages(typeset_letter(replace(LETTER, language="de-AT"), SENDER, ON))
    for said in (*SENDER, *HOME, "Ihr Tee", "22,50 €", "Ελλάδα, България", "25. November 2026"):
        assert said in page
    assert " · ".join(SENDER) in page


def test_the_address_shows_in_the_window_of_the_envelope() -> None:
    """DIN 5008, form B: 45 to 90 mm from the top, 20 to 105 mm from the left."""
    seen: dict[str, tuple[float, float]] = {}

    def note(text: str, _: object, matrix: list[float], *__: object) -> None:
        if text.strip():
            seen[text.strip()] = (matrix[4] / 72 * 25.4, 297 - matrix[5] / 72 * 25.4)

    page = PdfReader(BytesIO(typeset_letter(LETTER, SENDER, ON))).pages[0]
    page.extract_text(visitor_text=note)
    for line in HOME:
        across, down = seen[line]
        assert 20 < across < 30
        assert 45 < down < 90


def test_paper_with_a_letterhead_of_its_own_is_given_none() -> None:
    [page] = pages(typeset_letter(LETTER, (), ON))
    assert "Tea & Friends" not in page
    assert "·" not in page


def test_each_letter_begins_on_a_page_of_its_own() -> None:
    letters = [Letter("One", LONG, HOME), Letter("Two", "Short", HOME)]
    printed = typeset_letters(letters, SENDER, ON)
    told = pages(printed.pdf)
    assert (printed.first_pages, printed.pages, len(told)) == ([1, 3], 3, 3)
    assert told[1].rstrip().endswith("2")
    assert "Two" in told[2]
    assert "Hauptstraße 12" not in told[1]


def test_the_same_letters_are_the_same_bytes() -> None:
    letters = [Letter("One", TEXT, HOME)]
    assert typeset_letters(letters, SENDER, ON) == typeset_letters(letters, SENDER, ON)


def test_printers_find_the_typeface_in_the_file() -> None:
    fonts = PdfReader(BytesIO(typeset_letter(LETTER, SENDER, ON))).pages[0]
    for font in fonts["/Resources"]["/Font"].values():  # type: ignore[index]  # a PDF's own keys
        [inner] = font.get_object()["/DescendantFonts"]
        assert "/FontFile2" in inner.get_object()["/FontDescriptor"]


@pytest.mark.parametrize("language", ["xx", "not a language", ""])
def test_a_date_in_no_language_is_in_english(language: str) -> None:
    [page] = pages(typeset_letter(replace(LETTER, language=language), SENDER, ON))
    assert "November 25, 2026" in page


@pytest.mark.parametrize(
    ("subject", "text", "address", "field", "reason"),
    [
        ("茶", TEXT, HOME, "subject", "U+8336"),
        ("Tee", "🫖", HOME, "text", "U+1FAD6"),
        ("Tee", TEXT, ("Ann", "北京"), "address", "U+5317"),
        ("Tee", TEXT, ("Ann " * 30, "Wien"), "address", "window"),
        ("Tee", LONG * 4, HOME, "text", "6 pages: 4 at most"),
    ],
)
def test_what_cannot_be_printed_is_told_with_the_reason(
    subject: str, text: str, address: tuple[str, ...], field: str, reason: str
) -> None:
    with pytest.raises(Rejected) as raised:
        typeset_letter(Letter(subject, text, address), SENDER, ON)
    assert raised.value.field == field
    assert reason in raised.value.reason
