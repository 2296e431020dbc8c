"""One record of a file, whatever the file's format."""

from dataclasses import dataclass

from hub.kernel.json_types import Json

LONGEST_RECORD = 1024 * 1024
"""The most characters of a line, and bytes of a document's record. A longer one means that the file
has another format."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record with its `payload`, or with the `fault` for which it has none.

    `text` is the original; it is empty if the payload says the same.
    """

    text: str = ""
    payload: Json = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: its `values` as text, or its `fault`. `text` is the original."""

    text: str
    values: tuple[str, ...] = ()
    fault: str = ""
