"""The S3 buckets."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from hub.domain.errors import Conflict, Rejected


class Claims:
    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def put(self, name: str, body: bytes) -> str:
        self.bodies[name] = body
        return name

    def get(self, claim: str) -> bytes:
        if claim not in self.bodies:
            raise Rejected("the claimed body is gone")
        return self.bodies[claim]


class Files:
    """`etags` are those of files that were overwritten since they were announced."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = dict(files or {})
        self.etags: dict[str, str] = {}

    def lines(self, key: str, encoding: str, etag: str = "") -> Iterator[str]:
        if key not in self.files:
            raise Rejected("no such file")
        if etag != self.etags.get(key, etag) and etag:
            raise Conflict("the file is another by now")
        try:
            yield from io.StringIO(self.files[key].decode(encoding), newline="")
        except (LookupError, UnicodeDecodeError) as wrong:
            raise Rejected(f"is not {encoding}") from wrong

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
