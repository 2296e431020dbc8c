"""The records of a file, by its form: streamed, a bad one costing itself only where that can be."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import IO

from hub.intake.domain.file_definition import FileFormat
from hub.intake.domain.file_records.excel import excel_records
from hub.intake.domain.file_records.fixed_width import fixed_width_records
from hub.intake.domain.file_records.json_records import json_lines, json_records
from hub.intake.domain.file_records.record import Record
from hub.intake.domain.file_records.tabular import csv_records
from hub.intake.domain.file_records.xml_records import xml_records

Reader = Callable[[FileFormat, IO[bytes]], Iterator[Record]]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "csv": csv_records,
        "jsonl": json_lines,
        "json": json_records,
        "xml": xml_records,
        "fixed-width": fixed_width_records,
        "xlsx": excel_records,
    }
)
SEEKING = frozenset({"xlsx"})
"""Formats that are not read from one end to the other."""


def records_of(file: FileFormat, stream: IO[bytes]) -> Iterator[Record]:
    """Raises `Rejected`, now or on the way, for a file that is not of that form."""
    return READERS[file.format](file, stream)
