"""What the files of a source look like: the `file` part of its `source.json`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

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
"""How the names of files end, by format, where a source says nothing else."""

PACKED_SUFFIXES = (".gz", ".zip")


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a fixed-width record: `length` bytes from byte `at`, which counts from 1.

    `kind` is text, or a number as old platforms write it (zoned, packed) with `decimals`.
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
    """One form in which a source drops files. What a format has no use for is left alone.

    `columns` are names that a header must hold; more may stand there. Without a `header` they are
    the names themselves. `layout`, `record_length` and `record_descriptors` are for fixed width,
    whose records have no line ends where a length is given or stands before each. `path` leads to
    the array in a JSON document, `element` names the records of an XML one, `sheet` the sheet of a
    workbook, else its first.
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
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            **{
                **data,
                "suffixes": tuple(data.get("suffixes", SUFFIXES[data["format"]])),
                "columns": tuple(data.get("columns", ())),
                "layout": tuple(Column(**column) for column in data.get("layout", ())),
            }
        )


def parse_file_definitions(
    data: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
) -> tuple[FileDefinition, ...]:
    """One form, or a list of the forms that a source may choose from."""
    several = [data] if isinstance(data, Mapping) else data or ()
    return tuple(FileDefinition.from_dict(one) for one in several)


def find_file_definition(name: str, definitions: Iterable[FileDefinition]) -> FileDefinition | None:
    """By the end of a file's name, in small letters or capitals; the longest that fits."""
    fits = [
        (len(suffix), file)
        for file in definitions
        for suffix in file.suffixes
        if name.lower().endswith(suffix)
    ]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def list_suffixes(definitions: Iterable[FileDefinition]) -> str:
    """The names that would have been right, for a reason."""
    return ", ".join(suffix for file in definitions for suffix in file.suffixes)
