"""The records of a file by its format. They are streamed, and where the format allows it a bad
record does not affect the others."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import IO

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.excel import read_excel_records
from hub.intake.domain.file_records.fixed_width import read_fixed_width_records
from hub.intake.domain.file_records.json_records import read_json_lines, read_json_records
from hub.intake.domain.file_records.limits import LIMITS, FileLimits
from hub.intake.domain.file_records.record import Record
from hub.intake.domain.file_records.tabular import read_csv_records
from hub.intake.domain.file_records.xml_records import read_xml_records

RecordReader = Callable[[FileDefinition, IO[bytes], FileLimits], Iterator[Record]]

READERS: Mapping[str, RecordReader] = MappingProxyType(
    {
        "csv": read_csv_records,
        "jsonl": read_json_lines,
        "json": read_json_records,
        "xml": read_xml_records,
        "fixed-width": read_fixed_width_records,
        "xlsx": read_excel_records,
    }
)
SEEKABLE_FORMATS = frozenset({"xlsx"})
"""The formats that cannot be read from start to end."""


def read_records(
    file: FileDefinition, stream: IO[bytes], limits: FileLimits = LIMITS
) -> Iterator[Record]:
    """Yields the records. Raises `Rejected`, at once or while reading, if the file has another
    form or exceeds a limit."""
    return READERS[file.format](file, stream, limits)
