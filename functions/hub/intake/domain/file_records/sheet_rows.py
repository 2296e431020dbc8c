"""The rows of a workbook's sheet as texts, a row at a time. A row that exceeds a limit, or holds a
value that is none, has a fault; the others are read."""

import math
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.domain.file_records.workbook_parts import (
    CellFormat,
    TextRuns,
    Workbook,
)
from hub.intake.domain.file_records.workbook_xml import local_name, parse_xml
from hub.kernel.errors import Rejected

FEWEST_ZEROS = 2
_MASK_PART = re.compile(r'"[^"]*"|\\.|[0 /()-]')
"""A digit, or what stands between digits: a text in quotes, a character after a backslash."""
_LITERAL = re.compile(r'^["\\]|"$')
_DIGITS = "0123456789"
_LETTERS = 26
_MOST_LETTERS = 3
_KEPT_VALUES = 100
_NAMES = frozenset({"c", "v", "t", "is", "r", "f", "row", "rPh"})
_PLAIN = CellFormat()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The texts of the cells up to the last that has one, or the fault."""

    values: tuple[str, ...]
    fault: str = ""


def read_sheet_rows(book: Workbook, part: str, limits: FileLimits) -> Iterator[SheetRow]:
    """Yields the rows that have a value or a fault. Raises `Rejected` beyond the cells of a sheet,
    and where the sheet is broken, after the rows before that."""
    target = _SheetTarget(book, limits)
    with book.package.open_part(part) as stream:
        chunks = parse_xml(stream, target, limits)
        while True:
            try:
                has_more = next(chunks, chunks) is None
            except Rejected:
                yield from target.take()
                raise
            yield from target.take()
            if not has_more:
                return


class _SheetTarget:
    """Builds the rows from the calls of the XML parser. It keeps one row, and of that no more than
    the limits allow."""

    def __init__(self, book: Workbook, limits: FileLimits) -> None:
        self._book, self._limits = book, limits
        self._ready: deque[SheetRow] = deque()
        self._columns: dict[str, int] = {}
        self._cells = 0
        self._values: list[str] = []
        self._fault = ""
        self._is_full = False
        self._characters = 0
        self._column = 0
        self._kind, self._style = "n", ""
        self._text: list[str] = []
        self._length = 0
        self._is_value = False
        self._inline: TextRuns | None = None

    def take(self) -> list[SheetRow]:
        """Returns the rows that are complete, and forgets them."""
        ready, self._ready = list(self._ready), deque()
        return ready

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag if tag in _NAMES else local_name(tag)
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._is_value = True
        elif self._inline is not None:
            self._inline.start(name)
        elif name == "is":
            self._inline = TextRuns(self._limits.cell)
        else:
            self._count_element()
            if name == "row":
                self._start_row()

    def end(self, tag: str) -> None:
        name = tag if tag in _NAMES else local_name(tag)
        if name == "v":
            self._is_value = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif self._inline is not None:
            self._inline.end(name)

    def data(self, text: str) -> None:
        if self._is_value:
            self._length += len(text)
            if self._length <= self._limits.cell:
                self._text.append(text)
        elif self._inline is not None:
            self._inline.data(text)

    def _start_row(self) -> None:
        self._values, self._fault, self._characters, self._column = [], "", 0, 0
        self._is_full = False

    def _end_row(self) -> None:
        if self._values or self._fault:
            self._ready.append(SheetRow(tuple(self._values), self._fault))
        self._start_row()

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._count_element()
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._text, self._length, self._inline = [], 0, None
        self._is_value = False
        place = attributes.get("r")
        self._column = self._column + 1 if place is None else self._find_column(place)

    def _count_element(self) -> None:
        """Counts cells, rows and whatever else a sheet may be full of."""
        self._cells += 1
        if self._cells > self._limits.cells:
            raise Rejected(f"has more than {self._limits.cells} cells: save the sheet as CSV")

    def _find_column(self, place: str) -> int:
        """Returns 28 for `AB12`; 0 for what is not a place."""
        letters = place.rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            if not (letters.isascii() and letters.isalpha() and len(letters) <= _MOST_LETTERS):
                return 0
            column = 0
            for letter in letters.upper():
                column = column * _LETTERS + ord(letter) - ord("A") + 1
            self._columns[letters] = column
        return column

    def _end_cell(self) -> None:
        if self._is_full:
            return
        try:
            if text := self._read_text():
                self._put(text)
        except Rejected as rejection:
            self._fault = self._fault or rejection.reason

    def _read_text(self) -> str:
        if self._length > self._limits.cell:
            raise self._reject_length()
        if self._kind == "inlineStr":
            text = self._inline.take() if self._inline is not None else ""
            if text is None:
                raise self._reject_length()
            return text
        value = "".join(self._text)
        return self._convert(value) if value else ""

    def _convert(self, value: str) -> str:
        """Writes `4.15`, `2`, `2011-10-06 16:20:00` or `true`: Excel has no whole numbers."""
        try:
            match self._kind:
                case "n":
                    return self._convert_number(value)
                case "s":
                    return self._find_shared(int(value))
                case "b":
                    return "true" if int(value) else "false"
                case "d":
                    return _write_date(_parse_iso(value))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise Rejected(f"has a cell in column {self._column} that is not readable") from error
        return value

    def _convert_number(self, value: str) -> str:
        is_fraction = "." in value or "E" in value or "e" in value
        number: int | float = float(value) if is_fraction else int(value)
        found = self._find_format() if self._style else _PLAIN
        if found.is_date:
            return self._convert_date(number, found)
        if isinstance(number, int) or number.is_integer():
            return _fill_in(found.number_format, int(number))
        if not math.isfinite(number):
            raise Rejected(f"has a cell in column {self._column} that is not readable")
        return str(number)

    def _convert_date(self, number: float, found: CellFormat) -> str:
        from openpyxl.utils.datetime import from_excel  # noqa: PLC0415 few files need it

        try:
            return _write_date(from_excel(number, self._book.epoch, timedelta=found.is_duration))
        except (OverflowError, ValueError) as error:
            reason = f"has a date in column {self._column} that is outside of the calendar"
            raise Rejected(reason) from error

    def _find_format(self) -> CellFormat:
        style = int(self._style)
        formats = self._book.formats
        return formats[style] if 0 <= style < len(formats) else _PLAIN

    def _find_shared(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        text = self._book.texts[number]
        if text is None:
            raise self._reject_length()
        return text

    def _put(self, text: str) -> None:
        if not 0 < self._column <= self._limits.columns:
            self._drop()
            raise Rejected(f"has a cell beyond column {self._limits.columns}")
        self._characters += len(text)
        if self._characters > self._limits.record:
            self._drop()
            raise Rejected(f"has more than {self._limits.record} characters")
        missing = self._column - len(self._values)
        if missing > 1:
            self._values.extend([""] * (missing - 1))
        if missing > 0:
            self._values.append(text)
        else:
            self._values[self._column - 1] = text

    def _drop(self) -> None:
        """Keeps the first values only, for the quarantine, and no others of this row."""
        del self._values[_KEPT_VALUES:]
        self._is_full = True

    def _reject_length(self) -> Rejected:
        longest = self._limits.cell
        return Rejected(f"has a value of more than {longest} characters in column {self._column}")


def _parse_iso(value: str) -> object:
    from openpyxl.utils.datetime import from_ISO8601  # noqa: PLC0415 few files need it

    found: object = from_ISO8601(value)  # type: ignore[no-untyped-call]  # openpyxl has no types here
    return found


def _write_date(value: object) -> str:
    match value:
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
    return str(value)


def _fill_in(number_format: str, number: int) -> str:
    """Writes the number in a format of digits only, such as `00000` or `"K-"000-000`.

    Any other format says how an amount looks; the number itself is what a CSV would have.
    """
    mask = number_format.partition(";")[0]
    places = mask.count("0")
    if number < 0 or places < FEWEST_ZEROS:
        return str(number)
    parts = _MASK_PART.findall(mask)
    places = parts.count("0")
    if places < FEWEST_ZEROS or "".join(parts) != mask:
        return str(number)
    digits = str(number).zfill(places)
    first, others = digits[: len(digits) - places + 1], digits[len(digits) - places + 1 :]
    in_order = iter((first, *others))
    return "".join(next(in_order) if part == "0" else _LITERAL.sub("", part) for part in parts)
