"""Tables: rows under a header, each a payload of column name to text."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import IO

from hub.intake.domain.file_definition import FileFormat
from hub.intake.domain.file_records.csv_rows import Dialect, csv_rows
from hub.intake.domain.file_records.record import Record, Row
from hub.intake.domain.file_records.text_decoding import lines, on_ascii
from hub.kernel.errors import Rejected


def csv_records(file: FileFormat, stream: IO[bytes]) -> Iterator[Record]:
    """Raises `Rejected` for a header that cannot be the source's."""
    plain, encoding = on_ascii(stream, file.encoding)
    dialect = Dialect(file.delimiter, encoding, file.quote, file.escape)
    rows = csv_rows(lines(plain), dialect, 0 if file.header else len(file.columns))
    return under_header(rows, file)


def under_header(rows: Iterator[Row], file: FileFormat) -> Iterator[Record]:
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


def _header(row: Row, columns: Sequence[str]) -> Sequence[str]:
    if row.fault:
        raise Rejected(f"the header {row.fault}")
    names = [name.strip() for name in row.values]
    if missing := [column for column in columns if column not in names]:
        raise Rejected(f"the header lacks {', '.join(missing)}")
    if len(set(names)) != len(names):
        raise Rejected("the header names a column twice")
    return names
