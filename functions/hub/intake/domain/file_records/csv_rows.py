"""CSV rows that cannot harm their neighbours.

A stray quote makes a CSV reader swallow the lines after it. Here such a row costs its own line
only: what was swallowed is handed back and read afresh.
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
    """How a CSV is written. Without a `quote` quotes are characters like any other; `escape` goes
    before one that is meant as itself."""

    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    escape: str = ""

    def read(self, feed: Iterator[str]) -> list[str]:
        """The next row. Raises csv.Error, and StopIteration at the end."""
        reader = csv.reader(
            feed,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            strict=True,
        )
        return next(reader)


@dataclass(slots=True)
class _RowLines:
    """The lines a reader has taken for the row at hand, at most `MOST_LINES`."""

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
        """What was taken, with `\\xe9` for a byte that the encoding lacks."""
        return self._decode("".join(self.taken), "backslashreplace").rstrip("\r\n")

    def hand_back(self) -> None:
        """Keeps the first line; the others are read again."""
        self.returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def _decode(self, line: str, errors: str) -> str:
        return decode_text(line.encode(CARRIER_ENCODING), self.encoding, errors)


def read_csv_rows(lines: Iterator[str], dialect: CsvDialect, width: int = 0) -> Iterator[TableRow]:
    """The rows, the header first; blank lines are none. `lines` must be read in `CARRIER`.

    Rows that have not `width` values come with a fault; where none is given, it is the first's.
    """
    feed = _RowLines(lines, dialect.encoding)
    while (row := _next(feed, dialect, width)) is not None:
        if row.values or row.fault:
            yield row
        width = width or len(row.values)
        feed.taken.clear()


def _next(feed: _RowLines, dialect: CsvDialect, width: int) -> TableRow | None:
    """The next row, empty for a blank line; None at the end."""
    try:
        values = dialect.read(feed)
    except StopIteration:
        return None
    except csv.Error:
        return _reject_row(feed, dialect.quote)
    if width and len(values) != width and len(feed.taken) > 1:
        return _reject_row(feed, dialect.quote)
    fault = _fault(values, width, feed) if values else ""
    return TableRow(feed.text(), () if fault else tuple(values), fault)


def _reject_row(feed: _RowLines, quote: str) -> TableRow:
    feed.hand_back()
    quoted = quote and quote in feed.taken[0]
    return TableRow(feed.text(), fault=_QUOTES if quoted else _TOO_LONG)


def _fault(values: list[str], width: int, feed: _RowLines) -> str:
    for column, value in enumerate(values, start=1):
        if any("\udc80" <= character <= "\udcff" for character in value):
            return f"has bytes in column {column} that are not {feed.encoding}"
    if width and len(values) != width:
        return f"has {len(values)} columns where the header has {width}"
    return ""
