"""Letters as PDF: A4 in the layout of DIN 5008 (form B), so that the address shows in the window of
an envelope. The PDF embeds the glyphs that it uses."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time

from babel.dates import format_date
from font_source_sans_pro import font_files_ttf  # type: ignore[import-untyped]  # ships no types
from fpdf import FPDF
from fpdf.fonts import TTFFont

from hub.content.adapters.reader_locale import find_locale
from hub.delivery.domain.print_batch import PrintDocument
from hub.kernel.errors import Rejected
from hub.model.letter import Letter

MOST_PAGES = 4
NO_LETTERHEAD = "none"
LEFT, RIGHT, TOP, BOTTOM = 25.0, 20.0, 27.0, 25.0
RETURN_LINE, ADDRESS, DATE, SUBJECT = 54.0, 62.7, 92.0, 104.0
"""Millimetres from the top of the page. The window shows 45 to 90."""
WINDOW = 80.0
SMALL, REGULAR, LARGE = 7.5, 11.0, 17.0
LEADING = 5.4
_FACE, _GREY, _BLACK = "Source", 110, 0


def typeset_letter(letter: Letter, sender: Sequence[str], on: date) -> bytes:
    """Returns the PDF of one letter. Raises `Rejected` as `typeset_letters` does."""
    return typeset_letters([letter], sender, on).pdf


def typeset_letters(letters: Sequence[Letter], sender: Sequence[str], on: date) -> PrintDocument:
    """Returns all letters in one document, each from a new page: the same bytes for the same
    letters.

    `sender` is the lines of the sender, the name first; empty if the paper has a letterhead.
    Raises `Rejected` for a character that the typeface does not have, for a line of the address
    that is longer than the window, and for more than four pages.
    """
    with closing(_LetterDocument(sender, on)) as document:
        first_pages = [document.add_letter(letter) for letter in letters]
        return PrintDocument(bytes(document.output()), first_pages, document.pages_count)


class Typesetter:
    """`hub.delivery.ports.Typesetter`. `return_address` is the lines of the sender, with commas
    between them; `none` if the paper has a letterhead."""

    def __init__(self, return_address: str) -> None:
        address = "" if return_address.lower() == NO_LETTERHEAD else return_address
        self._sender = tuple(filter(None, map(str.strip, address.split(","))))

    def __call__(self, letters: Sequence[Letter], on: date) -> PrintDocument:
        return typeset_letters(letters, self._sender, on)


class _LetterDocument(FPDF):
    """The document of the letters. The footer numbers the pages of a letter from the second."""

    def __init__(self, sender: Sequence[str], on: date) -> None:
        super().__init__(format="A4")
        self._sender, self._on, self._first_page = sender, on, 0
        for style, file in ("", "SourceSansPro"), ("B", "SourceSansProBold"):
            self.add_font(_FACE, style, font_files_ttf[file])
        self._faces = [face for face in self.fonts.values() if isinstance(face, TTFFont)]
        self.set_creation_date(datetime.combine(on, time(), UTC))
        self.set_margins(LEFT, TOP, RIGHT)
        self.set_auto_page_break(True, BOTTOM)

    def close(self) -> None:
        """Closes the files of the typeface, which stay open until they are embedded."""
        for face in self._faces:
            face.close()

    def footer(self) -> None:
        """Writes the number of the page, as FPDF asks for it at the end of each page."""
        if (number := self.page_no() - self._first_page + 1) > 1:
            self.set_y(-15)
            self._set_style(SMALL, grey=True)
            self.cell(w=0, text=str(number), align="C")

    def add_letter(self, letter: Letter) -> int:
        """Adds a letter. Returns its first page, counted from 1.

        Raises `Rejected` with the field that cannot be printed.
        """
        self._check_printable(letter)
        self.add_page()
        self._first_page = self.page_no()
        self._write_letterhead()
        self._write_address(letter.address)
        self._set_style(REGULAR)
        self.set_xy(LEFT, DATE)
        self.cell(
            w=0, text=format_date(self._on, "long", locale=find_locale(letter.language)), align="R"
        )
        self.set_xy(LEFT, SUBJECT)
        self._set_style(REGULAR + 1, bold=True)
        self._write_paragraphs(letter.subject)
        self.ln(LEADING)
        self._set_style(REGULAR)
        self._write_paragraphs(letter.text.strip())
        if (pages := self.page_no() - self._first_page + 1) > MOST_PAGES:
            raise Rejected(f"the letter has {pages} pages: {MOST_PAGES} at most", "text")
        return self._first_page

    def _write_letterhead(self) -> None:
        if not self._sender:
            return
        name, *address = self._sender
        self.set_xy(LEFT, 16)
        self._set_style(LARGE, bold=True)
        self.cell(w=0, text=name)
        self._set_style(SMALL + 1, grey=True)
        for number, line in enumerate(address):
            self.set_xy(LEFT, 16 + 4 * number)
            self.cell(w=0, text=line, align="R")

    def _write_address(self, lines: Sequence[str]) -> None:
        self._set_style(SMALL, grey=True)
        self.set_xy(LEFT, RETURN_LINE)
        if return_line := " · ".join(self._sender):
            self.cell(w=WINDOW, h=4, text=return_line, border="B")
        self._set_style(REGULAR)
        for number, line in enumerate(lines):
            self.set_xy(LEFT, ADDRESS - 2 + 4.9 * number)
            self.cell(w=WINDOW, text=line)

    def _write_paragraphs(self, text: str) -> None:
        self.multi_cell(w=0, h=LEADING, text=text, align="L", new_x="LMARGIN", new_y="NEXT")

    def _set_style(self, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self.set_font(_FACE, "B" if bold else "", size)
        self.set_text_color(_GREY if grey else _BLACK)
        self.set_draw_color(_GREY)
        self.set_line_width(0.1)

    def _check_printable(self, letter: Letter) -> None:
        glyphs = self._faces[0].cmap
        for field, text in _list_texts(letter):
            missing = next((c for c in text if ord(c) not in glyphs and c not in "\n\t"), "")
            if missing:
                raise Rejected(f"the typeface has no {missing!r} (U+{ord(missing):04X})", field)
        self._set_style(REGULAR)
        if any(self.get_string_width(line) > WINDOW for line in letter.address):
            raise Rejected("a line is longer than the window of an envelope", "address")


def _list_texts(letter: Letter) -> Iterator[tuple[str, str]]:
    yield "subject", letter.subject
    yield "text", letter.text
    for line in letter.address:
        yield "address", line
