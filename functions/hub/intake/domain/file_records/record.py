"""One record of a file, whatever the file's format."""

from dataclasses import dataclass

from hub.kernel.json_types import Json


@dataclass(frozen=True, slots=True)
class Record:
    """A record with its `payload`, or with the `fault` for which it has none.

    `text` is the original; it is empty if the payload says the same. `size` is how many bytes of a
    document were read for the record.
    """

    text: str = ""
    payload: Json = None
    fault: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: its `values` as text, or its `fault`. `text` is the original."""

    text: str
    values: tuple[str, ...] = ()
    fault: str = ""
