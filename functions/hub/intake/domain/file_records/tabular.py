"""Tables: each row below the header becomes a payload of texts by column."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import IO

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.csv_rows import CsvDialect, read_csv_rows
from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.domain.file_records.record import Record, TableRow
from hub.intake.domain.file_records.text_decoding import read_lines, to_ascii_compatible
from hub.kernel.errors import Rejected


def read_csv_records(
    file: FileDefinition, stream: IO[bytes], limits: FileLimits
) -> Iterator[Record]:
    """Yields the rows of a CSV. Raises `Rejected` if its header is not the source's."""
    plain, encoding = to_ascii_compatible(stream, file.encoding)
    dialect = CsvDialect(file.delimiter, encoding, file.quote, file.escape)
    width = 0 if file.header else len(file.columns)
    rows = read_csv_rows(read_lines(plain, limits), dialect, width, limits)
    return apply_header(rows, file, limits)


def apply_header(
    rows: Iterator[TableRow], file: FileDefinition, limits: FileLimits
) -> Iterator[Record]:
    """Makes records of rows of one width. The first row is the header, unless the source has
    none."""
    names: Sequence[str] = file.columns
    first = next(rows, None)
    if first is None:
        raise Rejected("the file is empty")
    if file.header:
        names = _read_header(first, file.columns, limits.columns)
    else:
        rows = chain([first], rows)
    for row in rows:
        payload = None if row.fault else dict(zip(names, row.values, strict=True))
        yield Record(row.text, payload, row.fault)


def _read_header(row: TableRow, columns: Sequence[str], most: int) -> Sequence[str]:
    if row.fault:
        raise Rejected(f"the header {row.fault}")
    if len(row.values) > most:
        raise Rejected(f"the header has {len(row.values)} columns, at most {most} are allowed")
    names = [name.strip() for name in row.values]
    if missing := [column for column in columns if column not in names]:
        raise Rejected(f"the header lacks {', '.join(missing)}")
    if len(set(names)) != len(names):
        raise Rejected("the header names a column twice")
    return names
