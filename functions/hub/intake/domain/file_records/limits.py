"""The limits of dropped files, in one table.

`docs/api/files-and-databases.md` has the same table for the people who send files.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileLimits:
    """The limits of one dropped file. Each counts work or memory, so that none depends on a clock.

    `stored` to `members` are for the file as it lies there and for archives; `ratio` is the
    unpacked to the packed size, and applies from `harmless` unpacked bytes on. `contents` are the
    bytes of a zip's table of contents.

    `rows` to `cell` are for every format. `records` are the rows of a part, and `batch` is how many
    bytes of rows are in memory before they are published. `blanks` is by how many the blank and the
    re-read lines may outnumber the rows. `record` is a row in bytes or characters, `cell` is a
    value of a table in characters.

    `part` to `number_format` are for workbooks: the bytes of a part that is read whole, the bytes
    of a workbook inside an archive, the cells of a sheet with or without a value, the texts that
    cells share, and the characters of a format.

    `quarantine` is the bytes of all rows of a file that are put in quarantine.
    """

    stored: int = 4 * 1024**3
    unpacked: int = 32 * 1024**3
    ratio: int = 200
    harmless: int = 16 * 1024**2
    members: int = 1000
    contents: int = 1024**2

    records: int = 10_000_000
    batch: int = 4 * 1024**2
    blanks: int = 1_000_000
    record: int = 1024**2
    columns: int = 16_384
    cell: int = 131_072

    part: int = 32 * 1024**2
    workbook: int = 256 * 1024**2
    cells: int = 50_000_000
    texts: int = 2_000_000
    number_format: int = 255

    quarantine: int = 100 * 1024**2


LIMITS = FileLimits()
