"""The parts of a workbook that say how to read its sheets: their names, the texts that cells share,
the formats of numbers.

https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

import posixpath
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from hub.intake.domain.file_records.archives import open_entry, read_zip_contents
from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.domain.file_records.workbook_xml import XmlTarget, local_name, parse_xml
from hub.kernel.errors import Rejected

GENERAL = "General"
_BUILTIN_IDS = frozenset(str(number) for number in range(164))
_TRUE = ("1", "true")
_ESCAPED_UNDERSCORE = "x005F_"


@dataclass(frozen=True, slots=True)
class CellFormat:
    """How a cell's number is meant: as a date, as a length of time, or with a format of digits."""

    number_format: str = GENERAL
    is_date: bool = False
    is_duration: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open workbook. `sheets` are the parts of its sheets by name, in order.

    A shared text that is longer than a cell may be is None.
    """

    package: "Package"
    sheets: Mapping[str, str]
    epoch: datetime
    texts: Sequence[str | None]
    formats: Sequence[CellFormat]


@dataclass(frozen=True, slots=True)
class Package:
    """The zip of a workbook. Each part unpacks within the limits of an archive."""

    archive: zipfile.ZipFile
    entries: Mapping[str, zipfile.ZipInfo]
    limits: FileLimits

    @classmethod
    def open(cls, stream: IO[bytes], limits: FileLimits) -> "Package":
        """Opens a workbook. `stream` must be seekable. Raises `Rejected`."""
        entries = {entry.filename: entry for entry in read_zip_contents(stream, limits)}
        return cls(zipfile.ZipFile(stream), entries, limits)

    def open_part(self, name: str) -> IO[bytes]:
        """Opens a part, whatever its size. Raises `Rejected` if there is none."""
        if name not in self.entries:
            raise Rejected(f"is not a readable Excel workbook: it has no {name}")
        return open_entry(self.archive, self.entries[name], self.limits)

    def read_part(self, name: str, target: XmlTarget) -> None:
        """Reads a part whole. Raises `Rejected` for a large one. One that is not there is empty."""
        if name not in self.entries:
            return
        if self.entries[name].file_size > self.limits.part:
            raise Rejected(f"{name} has more than {self.limits.part} bytes: save the sheet as CSV")
        with self.open_part(name) as stream:
            for _ in parse_xml(stream, target, self.limits):
                pass

    def read_relations(self, name: str) -> "_Relations":
        """Reads what a part is related to."""
        folder, _, last = name.rpartition("/")
        relations = _Relations(folder)
        self.read_part(posixpath.join(folder, "_rels", f"{last}.rels"), relations)
        return relations


def open_workbook(stream: IO[bytes], limits: FileLimits) -> Workbook:
    """Reads all but the sheets. Raises `Rejected` if the file is no workbook or exceeds a limit."""
    package = Package.open(stream, limits)
    main = package.read_relations("").by_kind.get("officeDocument", "xl/workbook.xml")
    if main not in package.entries:
        raise Rejected("is not a readable Excel workbook: it has no list of sheets")
    relations = package.read_relations(main)
    listed = _SheetList()
    package.read_part(main, listed)
    texts = _SharedTexts(limits)
    package.read_part(relations.by_kind.get("sharedStrings", ""), texts)
    styles = _Styles(limits.number_format)
    package.read_part(relations.by_kind.get("styles", ""), styles)
    sheets = {
        name: relations.by_id[id_] for name, id_ in listed.ids.items() if id_ in relations.by_id
    }
    if not sheets:
        raise Rejected("is not a readable Excel workbook: it has no list of sheets")
    return Workbook(
        package, sheets, _read_epoch(is_1904=listed.is_1904), texts.texts, styles.read()
    )


def _read_epoch(*, is_1904: bool) -> datetime:
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH  # noqa: PLC0415 few files need it

    return MAC_EPOCH if is_1904 else WINDOWS_EPOCH


@dataclass(slots=True)
class _Relations:
    """The related parts, by their ids and by the last word of their types."""

    folder: str
    by_id: dict[str, str] = field(default_factory=dict)
    by_kind: dict[str, str] = field(default_factory=dict)

    def start(self, _: str, attributes: dict[str, str]) -> None:
        if "Target" in attributes and attributes.get("TargetMode") != "External":
            path = posixpath.join("/", self.folder, attributes["Target"])
            target = posixpath.normpath(path).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.by_kind[kind] = target
            if kind == "worksheet":
                self.by_id[attributes.get("Id", "")] = target

    def end(self, _: str) -> None: ...

    def data(self, _: str) -> None: ...


@dataclass(slots=True)
class _SheetList:
    """The ids of the sheets by name, and whether days count from 1904."""

    ids: dict[str, str] = field(default_factory=dict)
    is_1904: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local_name(tag):
            case "sheet":
                id_ = next((value for name, value in attributes.items() if ":id" in name), "")
                self.ids[attributes.get("name", "")] = id_
            case "workbookPr":
                self.is_1904 = attributes.get("date1904") in _TRUE

    def end(self, _: str) -> None: ...

    def data(self, _: str) -> None: ...


class TextRuns:
    """Collects the runs of a text (`t`), without what says how to pronounce it (`rPh`), up to
    `longest` characters."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._parts: list[str] = []
        self._length = self._pronunciations = 0
        self._is_open = False

    def start(self, name: str) -> None:
        if name == "rPh":
            self._pronunciations += 1
        self._is_open = name == "t" and not self._pronunciations

    def end(self, name: str) -> None:
        if name == "rPh":
            self._pronunciations -= 1
        self._is_open = False

    def data(self, text: str) -> None:
        if self._is_open and self._length <= self._longest:
            self._length += len(text)
            self._parts.append(text)

    def take(self) -> str | None:
        """Returns the text and forgets it; None if it is too long."""
        text = "".join(self._parts) if self._length <= self._longest else None
        self._parts.clear()
        self._length = 0
        return text


class _SharedTexts:
    """The texts that cells share."""

    def __init__(self, limits: FileLimits) -> None:
        self.texts: list[str | None] = []
        self._most = limits.texts
        self._runs = TextRuns(limits.cell)

    def start(self, tag: str, _: dict[str, str]) -> None:
        self._runs.start(local_name(tag))

    def end(self, tag: str) -> None:
        name = local_name(tag)
        self._runs.end(name)
        if name == "si":
            text = self._runs.take()
            self.texts.append(text.replace(_ESCAPED_UNDERSCORE, "") if text else text)
            if len(self.texts) > self._most:
                raise Rejected(f"has more than {self._most} shared texts: save the sheet as CSV")

    def data(self, text: str) -> None:
        self._runs.data(text)


class _Styles:
    """The number formats of the cells' styles. One that is too long counts as none."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._own: dict[str, str] = {}
        self._style_formats: list[str] = []
        self._is_cell_style = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match local_name(tag):
            case "cellXfs":
                self._is_cell_style = True
            case "xf" if self._is_cell_style:
                self._style_formats.append(attributes.get("numFmtId", "0"))
            case "numFmt" if len(attributes.get("formatCode", "")) <= self._longest:
                self._own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

    def end(self, tag: str) -> None:
        if local_name(tag) == "cellXfs":
            self._is_cell_style = False

    def data(self, _: str) -> None: ...

    def read(self) -> list[CellFormat]:
        """Returns the formats, by the number of the style."""
        known: dict[str, CellFormat] = {}
        for id_ in self._style_formats:
            if id_ not in known:
                known[id_] = _read_format(self._own.get(id_), id_)
        return [known[id_] for id_ in self._style_formats]


def _read_format(own: str | None, id_: str) -> CellFormat:
    from openpyxl.styles.numbers import (  # noqa: PLC0415 few files need it
        BUILTIN_FORMATS,
        is_date_format,
        is_timedelta_format,
    )

    builtin = BUILTIN_FORMATS.get(int(id_), GENERAL) if id_ in _BUILTIN_IDS else GENERAL
    number_format = builtin if own is None else own
    return CellFormat(
        number_format,
        is_date=bool(is_date_format(number_format)),
        is_duration=bool(is_timedelta_format(number_format)),
    )
