"""JSON lines, and the array of a JSON document: a record at a time, however long the file is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.bounded_stream import BoundedStream
from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.domain.file_records.record import Record
from hub.intake.domain.file_records.text_decoding import (
    CARRIER_ENCODING,
    LineCount,
    read_lines,
    to_ascii_compatible,
)
from hub.kernel.errors import Rejected
from hub.kernel.json_body import DEEPEST_NESTING, parse_json
from hub.kernel.json_types import Json


def read_json_lines(_: FileDefinition, stream: IO[bytes], limits: FileLimits) -> Iterator[Record]:
    """Yields the lines that are not blank. A bad line does not affect the others."""
    plain, encoding = to_ascii_compatible(stream, "utf-8")
    lines = LineCount(limits)
    for line in read_lines(plain, limits):
        data = line.encode(CARRIER_ENCODING).strip()
        lines.count(is_record=bool(data))
        if data:
            yield _parse_line(data, encoding)


def _parse_line(data: bytes, encoding: str) -> Record:
    text = data.decode(encoding, "backslashreplace")
    try:
        return Record(text, parse_json(data))
    except Rejected as rejection:
        return Record(text, fault=rejection.reason)


def read_json_records(
    file: FileDefinition, stream: IO[bytes], limits: FileLimits
) -> Iterator[Record]:
    """Yields the items of the array at `path`; without a path the document is the array.

    Raises `Rejected` if there is no such array, or where the document is broken, after the items
    before that.
    """
    import ijson  # type: ignore[import-untyped]  # noqa: PLC0415 only files of this form need it

    plain, _ = to_ascii_compatible(stream, "utf-8")
    bounded = BoundedStream(
        plain, limits.record, f"has more than {limits.record} bytes between two records"
    )
    builder = _ItemBuilder(file.path.split(".") if file.path else [])
    try:
        for event, value in ijson.basic_parse(bounded, use_float=True):
            if builder.add_event(event, value):
                yield Record(payload=builder.take(), size=bounded.reset())
    except ijson.JSONError as error:
        raise Rejected("is not a complete JSON document") from error
    if not builder.has_array:
        raise Rejected(f"has no list at {file.path}" if file.path else "is not a list")


@dataclass(slots=True)
class _ItemBuilder:
    """Builds the items of the array at `path` from the events of a parser.

    `trail` is the path to the current event: a key for each open object, None for each open array.
    `open_containers` are the containers that are open from the array on; the array is the first.
    """

    path: list[str]
    has_array: bool = False
    trail: list[str | None] = field(default_factory=list)
    open_containers: list[Json] = field(default_factory=list)

    def add_event(self, event: str, value: Json) -> bool:
        """Returns whether this event completes an item."""
        match event:
            case "map_key":
                self.trail[-1] = value
                return False
            case "start_map" | "start_array":
                self._open({} if event == "start_map" else [])
                return False
            case "end_map" | "end_array":
                self.trail.pop()
                return bool(self.open_containers) and self._close()
        if self.open_containers:
            self._add(value)
        return len(self.open_containers) == 1

    def take(self) -> Json:
        """Returns the complete item and forgets it."""
        return self.open_containers[0].pop()

    def _open(self, container: Json) -> None:
        is_array = (
            not self.open_containers and isinstance(container, list) and self.trail == self.path
        )
        if self.open_containers:
            self._add(container)
        if self.open_containers or is_array:
            self.open_containers.append(container)
        self.has_array = self.has_array or is_array
        self.trail.append(None)
        if len(self.trail) > DEEPEST_NESTING:
            raise Rejected(f"is nested more than {DEEPEST_NESTING} deep")

    def _close(self) -> bool:
        self.open_containers.pop()
        return len(self.open_containers) == 1

    def _add(self, value: Json) -> None:
        container = self.open_containers[-1]
        if isinstance(container, list):
            container.append(value)
        else:
            container[self.trail[-1]] = value
