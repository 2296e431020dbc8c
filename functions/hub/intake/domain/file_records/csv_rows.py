"""CSV rows, read so that a bad row does not affect the others.

A stray quote makes a CSV reader take the lines after it too. Here only the first line of such a
row is lost: the reader gets the other lines again.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.intake.domain.file_records.record import TableRow
from hub.intake.domain.file_records.text_decoding import CARRIER_ENCODING, decode_text

MOST_LINES = 100

_QUOTES = "has quotes that do not match"
_TOO_LONG = f"has a value of more than {csv.field_size_limit()} characters"


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """The syntax of a CSV file.

    Without `quote` a quote is an ordinary character. `escape` stands before a character that is
    meant literally.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    escape: str = ""

    def read(self, lines: Iterator[str]) -> list[str]:
        """Reads the next row. Raises csv.Error, and StopIteration at the end."""
        reader = csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            strict=True,
        )
        return next(reader)


@dataclass(slots=True)
class _RowLines:
    """The lines that a reader has taken for the current row, at most `MOST_LINES`."""

    source: Iterator[str]
    encoding: str
    taken: list[str] = field(default_factory=list)
    returned: deque[str] = field(default_factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise StopIteration
        line = self.returned.popleft() if self.returned else next(self.source)
        self.taken.append(line)
        return self._decode(line, "surrogateescape")

    def text(self) -> str:
        """The text of the row, with `\\xe9` for a byte that the encoding does not have."""
        return self._decode("".join(self.taken), "backslashreplace").rstrip("\r\n")

    def hand_back(self) -> None:
        """Keeps the first line and gives the others to the reader again."""
        self.returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def _decode(self, line: str, errors: str) -> str:
        return decode_text(line.encode(CARRIER_ENCODING), self.encoding, errors)


def read_csv_rows(lines: Iterator[str], dialect: CsvDialect, width: int = 0) -> Iterator[TableRow]:
    """Yields the rows, the header first, without blank lines.

    `lines` must be in `CARRIER_ENCODING`. A row without `width` values has a fault; by default the
    first row sets the width.
    """
    row_lines = _RowLines(lines, dialect.encoding)
    while (row := _read_row(row_lines, dialect, width)) is not None:
        if row.values or row.fault:
            yield row
        width = width or len(row.values)
        row_lines.taken.clear()


def _read_row(row_lines: _RowLines, dialect: CsvDialect, width: int) -> TableRow | None:
    """Reads the next row, which is empty for a blank line; None at the end."""
    try:
        values = dialect.read(row_lines)
    except StopIteration:
        return None
    except csv.Error:
        return _reject_row(row_lines, dialect.quote)
    if width and len(values) != width and len(row_lines.taken) > 1:
        return _reject_row(row_lines, dialect.quote)
    fault = _find_fault(values, width, row_lines) if values else ""
    return TableRow(row_lines.text(), () if fault else tuple(values), fault)


def _reject_row(row_lines: _RowLines, quote: str) -> TableRow:
    row_lines.hand_back()
    has_quote = quote and quote in row_lines.taken[0]
    return TableRow(row_lines.text(), fault=_QUOTES if has_quote else _TOO_LONG)


def _find_fault(values: list[str], width: int, row_lines: _RowLines) -> str:
    for column, value in enumerate(values, start=1):
        if any("\udc80" <= character <= "\udcff" for character in value):
            return f"has bytes in column {column} that are not {row_lines.encoding}"
    if width and len(values) != width:
        return f"has {len(values)} columns where the header has {width}"
    return ""
