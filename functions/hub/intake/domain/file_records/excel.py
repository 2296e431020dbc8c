"""Excel workbooks (.xlsx), a row at a time. A cell becomes the text that a CSV would have.

A number with leading zeros, which only the format of the cell has (`00000`), gets them. The hub
reads the sheet itself: openpyxl builds each row and each gap between rows in memory, however large.
"""

from collections.abc import Iterator
from typing import IO

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.domain.file_records.record import Record, TableRow
from hub.intake.domain.file_records.sheet_rows import SheetRow, read_sheet_rows
from hub.intake.domain.file_records.tabular import apply_header
from hub.intake.domain.file_records.workbook_parts import open_workbook
from hub.kernel.errors import Rejected


def read_excel_records(
    file: FileDefinition, stream: IO[bytes], limits: FileLimits
) -> Iterator[Record]:
    """Reads one sheet. `stream` must be seekable.

    Raises `Rejected` if the file is not a workbook with the columns of the source, or exceeds a
    limit.
    """
    width = 0 if file.header else len(file.columns)
    return apply_header(_to_rows(_read_rows(file.sheet, stream, limits), width), file, limits)


def _read_rows(sheet: str, stream: IO[bytes], limits: FileLimits) -> Iterator[SheetRow]:
    book = open_workbook(stream, limits)
    names = list(book.sheets)
    if sheet and sheet not in names:
        raise Rejected(f"has no sheet {sheet!r}; its sheets are {', '.join(names[:_MOST_NAMES])}")
    yield from read_sheet_rows(book, book.sheets[sheet or names[0]], limits)


_MOST_NAMES = 20
"""The most sheets that a reason names."""


def _to_rows(table: Iterator[SheetRow], width: int) -> Iterator[TableRow]:
    """Yields the rows without empty cells at their ends, and without empty rows."""
    for row in table:
        values = row.values
        if row.fault:
            yield TableRow("\t".join(values), fault=row.fault)
            continue
        width = width or len(values)
        yield _to_row([*values, *[""] * (width - len(values))], width)


def _to_row(values: list[str], width: int) -> TableRow:
    text = "\t".join(values)
    if len(values) > width:
        return TableRow(text, fault=f"has {len(values)} columns where the header has {width}")
    if not _ERRORS.isdisjoint(values):
        column = next(number for number, value in enumerate(values, start=1) if value in _ERRORS)
        return TableRow(text, fault=f"has the error {values[column - 1]} in column {column}")
    return TableRow(text, tuple(values))


_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}
)
