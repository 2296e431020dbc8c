"""JSON lines, and the array in a JSON document: a record at a time, however long the file is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from hub.intake.domain.file_definition import FileDefinition
from hub.intake.domain.file_records.bounded_stream import BoundedStream
from hub.intake.domain.file_records.record import LONGEST_RECORD, Record
from hub.intake.domain.file_records.text_decoding import (
    CARRIER_ENCODING,
    read_lines,
    to_ascii_compatible,
)
from hub.kernel.errors import Rejected
from hub.kernel.json_body import DEEPEST_NESTING, parse_json


def read_json_lines(_: FileDefinition, stream: IO[bytes]) -> Iterator[Record]:
    """A bad line costs itself only; blank ones are none."""
    plain, encoding = to_ascii_compatible(stream, "utf-8")
    for line in read_lines(plain):
        data = line.encode(CARRIER_ENCODING).strip()
        if data:
            yield _line(data, encoding)


def _line(data: bytes, encoding: str) -> Record:
    text = data.decode(encoding, "backslashreplace")
    try:
        return Record(text, parse_json(data))
    except Rejected as wrong:
        return Record(text, fault=wrong.reason)


def read_json_records(file: FileDefinition, stream: IO[bytes]) -> Iterator[Record]:
    """The items of the array that `path` leads to, of the document itself without one.

    Raises `Rejected` where there is no such array, and where the document is broken: what came
    before that has been read by then.
    """
    import ijson  # type: ignore[import-untyped]  # noqa: PLC0415 only files of this form need it

    plain, _ = to_ascii_compatible(stream, "utf-8")
    metered = BoundedStream(
        plain, LONGEST_RECORD, f"has more than {LONGEST_RECORD} bytes between two records"
    )
    items = _ItemBuilder(file.path.split(".") if file.path else [])
    try:
        for event, value in ijson.basic_parse(metered, use_float=True):
            if items.add_event(event, value):
                metered.reset()
                yield Record(payload=items.take())
    except ijson.JSONError as wrong:
        raise Rejected("is no JSON document, or not all of one") from wrong
    if not items.found:
        raise Rejected(f"holds no list at {file.path}" if file.path else "is no list")


@dataclass(slots=True)
class _ItemBuilder:
    """The items of the array at `path`, out of a parser's events.

    `trail` is the way to where the parser stands: a key for each open object, None for each open
    array. `making` are the containers that are open from that array on, itself the first.
    """

    path: list[str]
    found: bool = False
    trail: list[str | None] = field(default_factory=list)
    making: list[Any] = field(default_factory=list)

    def add_event(self, event: str, value: Any) -> bool:
        """Whether this event ends an item."""
        match event:
            case "map_key":
                self.trail[-1] = value
                return False
            case "start_map" | "start_array":
                self._open({} if event == "start_map" else [])
                return False
            case "end_map" | "end_array":
                self.trail.pop()
                return bool(self.making) and self._close()
        if self.making:
            self._add(value)
        return len(self.making) == 1

    def take(self) -> Any:
        """The item, which is then forgotten."""
        return self.making[0].pop()

    def _open(self, container: Any) -> None:
        starts = not self.making and isinstance(container, list) and self.trail == self.path
        if self.making:
            self._add(container)
        if self.making or starts:
            self.making.append(container)
        self.found = self.found or starts
        self.trail.append(None)
        if len(self.trail) > DEEPEST_NESTING:
            raise Rejected(f"is nested more than {DEEPEST_NESTING} deep")

    def _close(self) -> bool:
        self.making.pop()
        return len(self.making) == 1

    def _add(self, value: Any) -> None:
        into = self.making[-1]
        if isinstance(into, list):
            into.append(value)
        else:
            into[self.trail[-1]] = value
