"""The S3 buckets."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import IO, Any

from hub.kernel.errors import Conflict, Rejected
from hub.model.episode import RecordedEpisode


class Archive:
    """`lines` are the records in their JSON form, each once, with their day; `around` is
    surroundings by name."""

    def __init__(self) -> None:
        self.lines: dict[str, date] = {}
        self.around: dict[str, str] = {}

    def store(self, records: Sequence[RecordedEpisode]) -> None:
        self.lines |= {
            json.dumps(record.to_dict()): record.episode.decided_at.date() for record in records
        }

    def read_records(self, day: date) -> Iterator[RecordedEpisode]:
        found = (line for line, decided_on in self.lines.items() if decided_on == day)
        return (RecordedEpisode.from_dict(json.loads(line)) for line in found)

    def store_surroundings(self, name: str, facts: Mapping[str, Any]) -> None:
        self.around[name] = json.dumps(facts)

    def read_surroundings(self, name: str) -> dict[str, Any]:
        if name not in {"", *self.around}:
            raise Rejected("no such surroundings")
        facts: dict[str, Any] = json.loads(self.around[name]) if name else {}
        return facts


class ClaimCheck:
    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def put(self, name: str, body: bytes) -> str:
        self.bodies[name] = body
        return name

    def get(self, key: str) -> bytes:
        if key not in self.bodies:
            raise Rejected("the claimed body is gone")
        return self.bodies[key]


class Files:
    """`etags` are those of files that were overwritten since they were announced."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        self.etags: dict[str, str] = {}

    def open(self, key: str, etag: str = "") -> IO[bytes]:
        if key not in self.files:
            raise Rejected("no such file")
        if etag != self.etags.get(key, etag) and etag:
            raise Conflict("the file is another by now")
        return io.BytesIO(self.files[key])

    def open_temporary(self) -> AbstractContextManager[IO[bytes]]:
        return io.BytesIO()

    def exists(self, key: str) -> bool:
        return key in self.files

    def put(self, key: str, chunks: Iterable[bytes]) -> None:
        self.files[key] = b"".join(chunks)


class Warehouse:
    """`objects` is key -> the record's line."""

    def __init__(self) -> None:
        self.objects: dict[str, str] = {}

    def append(self, dataset: str, day: date, name: str, record: Mapping[str, Any]) -> str:
        key = f"{dataset}/day={day.isoformat()}/{name}.jsonl"
        self.objects[key] = json.dumps(record)
        return key
