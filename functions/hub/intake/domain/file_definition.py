"""Files of a source: the `file` part of its `source.json`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from hub.kernel.json_types import JsonObject

SUFFIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "csv": (".csv",),
        "jsonl": (".jsonl", ".ndjson"),
        "json": (".json",),
        "xml": (".xml",),
        "fixed-width": (".txt", ".dat"),
        "xlsx": (".xlsx",),
    }
)
"""The suffixes of file names by format, for sources that define no suffixes."""

PACKED_SUFFIXES = (".gz", ".zip")


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a fixed-width record: `length` bytes from byte `at`, the first being 1.

    `kind` is `text`, or a mainframe's number (`zoned`, `packed`) with `decimals`.
    """

    name: str
    at: int
    length: int
    kind: str = "text"
    decimals: int = 0

    @property
    def end(self) -> int:
        return self.at - 1 + self.length


@dataclass(frozen=True, slots=True)
class FileDefinition:
    """One form of the files of a source. A format ignores the fields that it does not need.

    `columns` are the names that a header must have at least; without a `header` they are the names
    of all columns. `layout`, `record_length` and `record_descriptors` are for fixed width: with a
    record length, or with a descriptor before each record, there are no line ends. `path` leads to
    the array of a JSON document, `element` names the records of an XML document, and `sheet` names
    the sheet of a workbook (by default its first).
    """

    format: str
    suffixes: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    header: bool = True
    columns: tuple[str, ...] = ()
    layout: tuple[Column, ...] = ()
    record_length: int = 0
    record_descriptors: bool = False
    path: str = ""
    element: str = ""
    sheet: str = ""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        return cls(
            **{
                **data,
                "suffixes": tuple(data.get("suffixes", SUFFIXES[data["format"]])),
                "columns": tuple(data.get("columns", ())),
                "layout": tuple(Column(**column) for column in data.get("layout", ())),
            }
        )


def parse_file_definitions(
    data: JsonObject | Sequence[JsonObject] | None,
) -> tuple[FileDefinition, ...]:
    """Parses one form, or a list of the forms that the source uses."""
    forms = [data] if isinstance(data, Mapping) else data or ()
    return tuple(FileDefinition.from_dict(form) for form in forms)


def find_file_definition(name: str, definitions: Iterable[FileDefinition]) -> FileDefinition | None:
    """Finds the definition with the longest suffix that the file's name has, in any case."""
    matches = [
        (len(suffix), definition)
        for definition in definitions
        for suffix in definition.suffixes
        if name.lower().endswith(suffix)
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def list_suffixes(definitions: Iterable[FileDefinition]) -> str:
    """Lists the suffixes that the source defines, for a problem's text."""
    return ", ".join(suffix for definition in definitions for suffix in definition.suffixes)
