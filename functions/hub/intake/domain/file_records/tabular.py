"""Tables: rows under a header, each a payload of column name to text."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import IO

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.csv_rows import CsvDialect, read_csv_rows
from hub.intake.domain.file_records.record import Record, TableRow
from hub.intake.domain.file_records.text_decoding import read_lines, to_ascii_compatible
from hub.kernel.errors import Rejected


def read_csv_records(file: FileDefinition, stream: IO[bytes]) -> Iterator[Record]:
    """Raises `Rejected` for a header that cannot be the source's."""
    plain, encoding = to_ascii_compatible(stream, file.encoding)
    dialect = CsvDialect(file.delimiter, encoding, file.quote, file.escape)
    rows = read_csv_rows(read_lines(plain), dialect, 0 if file.header else len(file.columns))
    return apply_header(rows, file)


def apply_header(rows: Iterator[TableRow], file: FileDefinition) -> Iterator[Record]:
    """The records in rows of one width, whose first names the columns unless the source does."""
    names: Sequence[str] = file.columns
    first = next(rows, None)
    if first is None:
        raise Rejected("the file is empty")
    if file.header:
        names = _header(first, file.columns)
    else:
        rows = chain([first], rows)
    for row in rows:
        payload = None if row.fault else dict(zip(names, row.values, strict=True))
        yield Record(row.text, payload, row.fault)


def _header(row: TableRow, columns: Sequence[str]) -> Sequence[str]:
    if row.fault:
        raise Rejected(f"the header {row.fault}")
    names = [name.strip() for name in row.values]
    if missing := [column for column in columns if column not in names]:
        raise Rejected(f"the header lacks {', '.join(missing)}")
    if len(set(names)) != len(names):
        raise Rejected("the header names a column twice")
    return names
