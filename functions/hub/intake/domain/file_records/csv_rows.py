"""CSV rows, read so that a bad row does not affect the others.

A stray quote makes a CSV reader take the lines after it too. Here only the first line of such a
row is lost: the reader gets the other lines again.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.intake.domain.file_records.limits import LIMITS, FileLimits
from hub.intake.domain.file_records.record import TableRow
from hub.intake.domain.file_records.text_decoding import (
    CARRIER_ENCODING,
    LineCount,
    decode_text,
)

MOST_LINES = 100

_QUOTES = "has quotes that do not match"


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
    """The lines that a reader has taken for the current row, at most `MOST_LINES`.

    `room` is how many characters the row may still have.
    """

    source: Iterator[str]
    encoding: str
    limits: FileLimits
    room: int = 0
    taken: list[str] = field(default_factory=list)
    returned: deque[str] = field(default_factory=deque)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES or (self.taken and self.room <= 0):
            raise StopIteration
        line = self.returned.popleft() if self.returned else next(self.source)
        self.taken.append(line)
        self.room -= len(line)
        return self._decode(line, "surrogateescape")

    def text(self) -> str:
        """The text of the row, with `\\xe9` for a byte that the encoding does not have."""
        return self._decode("".join(self.taken), "backslashreplace").rstrip("\r\n")

    def start(self) -> None:
        """Starts the next row."""
        self.taken.clear()
        self.room = self.limits.record

    def hand_back(self) -> int:
        """Keeps the first line and gives the others to the reader again. Returns how many."""
        count = len(self.taken) - 1
        self.returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        return count

    def _decode(self, line: str, errors: str) -> str:
        return decode_text(line.encode(CARRIER_ENCODING), self.encoding, errors)


def read_csv_rows(
    lines: Iterator[str], dialect: CsvDialect, width: int = 0, limits: FileLimits = LIMITS
) -> Iterator[TableRow]:
    """Yields the rows, the header first, without blank lines.

    `lines` must be in `CARRIER_ENCODING`. A row without `width` values has a fault; by default the
    first row sets the width. Raises `Rejected` if blank and re-read lines exceed the limit.
    """
    row_lines = _RowLines(lines, dialect.encoding, limits)
    row_lines.start()
    idle = LineCount(limits)
    while (row := _read_row(row_lines, dialect, width, idle)) is not None:
        is_record = bool(row.values or row.fault)
        idle.count(is_record=is_record)
        if is_record:
            yield row
        width = width or len(row.values)
        row_lines.start()


def _read_row(
    row_lines: _RowLines, dialect: CsvDialect, width: int, idle: LineCount
) -> TableRow | None:
    """Reads the next row, which is empty for a blank line; None at the end."""
    try:
        values = dialect.read(row_lines)
    except StopIteration:
        return None
    except csv.Error:
        return _reject_row(row_lines, dialect.quote, idle)
    if width and len(values) != width and len(row_lines.taken) > 1:
        return _reject_row(row_lines, dialect.quote, idle)
    fault = _find_fault(values, width, row_lines) if values else ""
    return TableRow(row_lines.text(), () if fault else tuple(values), fault)


def _reject_row(row_lines: _RowLines, quote: str, idle: LineCount) -> TableRow:
    idle.add(row_lines.hand_back())
    has_quote = quote and quote in row_lines.taken[0]
    too_long = f"has a value of more than {row_lines.limits.cell} characters"
    return TableRow(row_lines.text(), fault=_QUOTES if has_quote else too_long)


def _find_fault(values: list[str], width: int, row_lines: _RowLines) -> str:
    if width and len(values) != width:
        return f"has {len(values)} columns where the header has {width}"
    longest = row_lines.limits.cell
    for column, value in enumerate(values, start=1):
        if len(value) > longest:
            return f"has a value of more than {longest} characters in column {column}"
        if not value.isascii() and any("\udc80" <= letter <= "\udcff" for letter in value):
            return f"has bytes in column {column} that are not {row_lines.encoding}"
    return ""
