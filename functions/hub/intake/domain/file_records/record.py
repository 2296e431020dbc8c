"""One record of a file, whatever the file's form."""

from dataclasses import dataclass
from typing import Any

LONGEST_RECORD = 1024 * 1024
"""Characters of a line, bytes of a document's record: what is longer is no such file."""


@dataclass(frozen=True, slots=True)
class Record:
    """As delivered: its `payload`, or the `fault` that leaves it without one.

    `text` is the original; it is empty where the payload says it all.
    """

    text: str = ""
    payload: Any = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: `values` as text, or why there are none; `text` is the original."""

    text: str
    values: tuple[str, ...] = ()
    fault: str = ""
