"""Excel workbooks (.xlsx), a row at a time. A cell becomes the text that a CSV would have."""

import zlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO
from zipfile import BadZipFile

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.archives import read_zip_contents
from hub.intake.domain.file_records.record import Record, TableRow
from hub.intake.domain.file_records.tabular import apply_header
from hub.kernel.errors import Rejected

MOST_IN_MEMORY = 32 * 1024 * 1024
"""The most bytes of a part that is read whole: the shared texts of the cells, the formats."""

_SHEETS = "xl/worksheets/"
_WORKBOOK_ERRORS = (
    *(ArithmeticError, AttributeError, BadZipFile, EOFError, LookupError, NotImplementedError),
    *(SyntaxError, TypeError, ValueError, zlib.error),
)
"""What openpyxl raises on files that are not workbooks, because it checks nothing first."""


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


def _to_rows(table: Iterator[tuple[object, ...]], width: int) -> Iterator[TableRow]:
    """Yields the rows without empty cells at their ends, and without empty rows."""
    for cells in table:
        values = [_to_text(cell) for cell in cells]
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


def _read_cells(sheet: str, stream: IO[bytes]) -> Iterator[tuple[object, ...]]:
    from openpyxl import load_workbook  # noqa: PLC0415 200 ms that few files need

    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        if sheet and sheet not in names:
            raise Rejected(f"has no sheet {sheet!r}; its sheets are {', '.join(names)}")
        worksheet = book[sheet or names[0]]
        worksheet.reset_dimensions()
        yield from worksheet.iter_rows(values_only=True)
    except _WORKBOOK_ERRORS as error:
        raise Rejected(f"is not a readable Excel workbook: {type(error).__name__}") from error


def _to_text(cell: object) -> str:
    """Writes `4.15`, `2`, `2011-10-06 16:20:00` or `true`: Excel itself has no whole numbers."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
