"""CSV rows that cannot harm their neighbours.

A stray quote makes a CSV reader swallow the lines after it. Here such a row costs its own line
only: what was swallowed is handed back and read afresh.
"""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from hub.domain.errors import Rejected

MOST_LINES = 100
CARRIER = "latin-1"
"""What lines are read in: every byte has a character, so that a wrong one spoils only its row."""

_BYTE_ORDER_MARK = "\ufeff".encode().decode(CARRIER)
_QUOTES = "has quotes that do not match"
_TOO_LONG = f"has a value of more than {csv.field_size_limit()} characters"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row as delivered: `values` as text, or why there are none; `text` is the original."""

    text: str
    values: tuple[str, ...] = ()
    fault: str = ""


@dataclass(slots=True)
class _Lines:
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
        return self._decoded(line, "surrogateescape")

    def text(self) -> str:
        """What was taken, with `\\xe9` for a byte that the encoding lacks."""
        return self._decoded("".join(self.taken), "backslashreplace").rstrip("\r\n")

    def hand_back(self) -> None:
        """Keeps the first line; the others are read again."""
        self.returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    def _decoded(self, line: str, errors: str) -> str:
        return line.encode(CARRIER).decode(self.encoding, errors)


def csv_rows(lines: Iterator[str], delimiter: str, encoding: str) -> Iterator[CsvRow]:
    """The rows, the header first; blank lines are none. `lines` must be read in `CARRIER`.

    Rows with another number of values than the header come with a fault.
    """
    try:
        first = (line.removeprefix(_BYTE_ORDER_MARK) for line in islice(lines, 1))
        feed = _Lines(chain(first, lines), encoding)
        width = 0
        while (row := _next(feed, delimiter, width)) is not None:
            if row.values or row.fault:
                yield row
            width = width or len(row.values)
            feed.taken.clear()
    except LookupError as unknown:
        raise Rejected(f"there is no encoding {encoding}", "file.encoding") from unknown


def _next(feed: _Lines, delimiter: str, width: int) -> CsvRow | None:
    """The next row, empty for a blank line; None at the end."""
    try:
        values = next(csv.reader(feed, delimiter=delimiter, strict=True))
    except StopIteration:
        return None
    except csv.Error:
        return _unreadable(feed)
    if width and len(values) != width and len(feed.taken) > 1:
        return _unreadable(feed)
    fault = _fault(values, width, feed) if values else ""
    return CsvRow(feed.text(), () if fault else tuple(values), fault)


def _unreadable(feed: _Lines) -> CsvRow:
    feed.hand_back()
    quoted = '"' in feed.taken[0]
    return CsvRow(feed.text(), fault=_QUOTES if quoted else _TOO_LONG)


def _fault(values: list[str], width: int, feed: _Lines) -> str:
    for column, value in enumerate(values, start=1):
        if any("\udc80" <= character <= "\udcff" for character in value):
            return f"has bytes in column {column} that are not {feed.encoding}"
    if width and len(values) != width:
        return f"has {len(values)} columns where the header has {width}"
    return ""
