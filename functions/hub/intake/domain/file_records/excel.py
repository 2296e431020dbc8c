"""Excel workbooks (.xlsx), a row at a time. A cell becomes the text that a CSV would have.

A number with leading zeros, which only the format of the cell has (`00000`), gets them.
"""

import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Protocol
from zipfile import BadZipFile

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.archives import read_zip_contents
from hub.intake.domain.file_records.record import Record, TableRow
from hub.intake.domain.file_records.tabular import apply_header
from hub.kernel.errors import Rejected

MOST_IN_MEMORY = 32 * 1024 * 1024
"""The most bytes of a part that is read whole: the shared texts of the cells, the formats."""

_SHEETS = "xl/worksheets/"
FEWEST_ZEROS = 2
_MASK_PART = re.compile(r'"[^"]*"|\\.|[0 /()-]')
"""A digit, or what stands between digits: a text in quotes, a character after a backslash."""
_LITERAL = re.compile(r'^["\\]|"$')
_WORKBOOK_ERRORS = (
    *(ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, NotImplementedError),
    *(SyntaxError, TypeError, ValueError, zlib.error),
)
"""What openpyxl raises on files that are not workbooks, because it checks nothing first."""


class _Cell(Protocol):
    """A cell of openpyxl."""

    @property
    def value(self) -> object: ...
    @property
    def number_format(self) -> str: ...


def read_excel_records(file: FileDefinition, stream: IO[bytes]) -> Iterator[Record]:
    """Reads one sheet. `stream` must be seekable.

    Raises `Rejected` if the file is not a workbook with the columns of the source.
    """
    _check_size(stream)
    width = 0 if file.header else len(file.columns)
    return apply_header(_to_rows(_read_cells(file.sheet, stream), width), file)


def _check_size(stream: IO[bytes]) -> None:
    for entry in read_zip_contents(stream):
        if not entry.filename.startswith(_SHEETS) and entry.file_size > MOST_IN_MEMORY:
            raise Rejected(
                f"{entry.filename} has more than {MOST_IN_MEMORY} bytes: save the sheet as CSV"
            )


def _to_rows(table: Iterator[tuple[str, ...]], width: int) -> Iterator[TableRow]:
    """Yields the rows without empty cells at their ends, and without empty rows."""
    for cells in table:
        values = list(cells)
        while values and not values[-1] and (not width or len(values) > width):
            values.pop()
        if any(values):
            width = width or len(values)
            yield _to_row([*values, *[""] * (width - len(values))], width)


def _to_row(values: list[str], width: int) -> TableRow:
    text = "\t".join(values)
    if len(values) > width:
        return TableRow(text, fault=f"has {len(values)} columns where the header has {width}")
    for column, value in enumerate(values, start=1):
        if value in _ERRORS:
            return TableRow(text, fault=f"has the error {value} in column {column}")
    return TableRow(text, tuple(values))


_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}
)


def _read_cells(sheet: str, stream: IO[bytes]) -> Iterator[tuple[str, ...]]:
    from openpyxl import load_workbook  # noqa: PLC0415 200 ms that few files need

    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        if sheet and sheet not in names:
            raise Rejected(f"has no sheet {sheet!r}; its sheets are {', '.join(names)}")
        worksheet = book[sheet or names[0]]
        worksheet.reset_dimensions()
        for cells in worksheet.iter_rows():
            yield tuple(_to_text(cell) for cell in cells)
    except _WORKBOOK_ERRORS as error:
        raise Rejected(f"is not a readable Excel workbook: {type(error).__name__}") from error


def _to_text(cell: _Cell) -> str:
    """Writes `4.15`, `2`, `2011-10-06 16:20:00` or `true`: Excel itself has no whole numbers."""
    match value := cell.value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float() if isinstance(value, int) or value.is_integer():
            return _fill_in(cell.number_format, int(value))
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _fill_in(number_format: str, number: int) -> str:
    """Writes the number in a format of digits only, such as `00000` or `"K-"000-000`.

    Any other format says how an amount looks; the number itself is what a CSV would have.
    """
    mask = number_format.partition(";")[0]
    parts = _MASK_PART.findall(mask)
    places = parts.count("0")
    if number < 0 or places < FEWEST_ZEROS or "".join(parts) != mask:
        return str(number)
    digits = str(number).zfill(places)
    first, others = digits[: len(digits) - places + 1], digits[len(digits) - places + 1 :]
    in_order = iter((first, *others))
    return "".join(next(in_order) if part == "0" else _LITERAL.sub("", part) for part in parts)
