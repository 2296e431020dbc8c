"""The archive bucket: episodes as JSON lines by day, and the surroundings that they name."""

import gzip
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson

from hub.kernel.canonical_json import to_canonical_json
from hub.model.episode import RecordedEpisode
from hub.platform.adapters import aws_clients
from hub.platform.adapters.aws_clients import translate_errors
from hub.platform.adapters.aws_text import to_json

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

READERS = 8


class Archive:
    """`hub.history.ports.Archive` in S3: one gzipped object a batch and day, named by what is in
    it."""

    def __init__(self, bucket: str, s3: "Callable[[], S3Client]" = aws_clients.s3) -> None:
        self._bucket = bucket
        self._s3 = s3

    def store(self, records: Sequence[RecordedEpisode]) -> None:
        for day, recorded in groupby(sorted(records, key=_sort_key), key=_decision_day):
            body = "".join(f"{to_json(record.to_dict())}\n" for record in recorded).encode()
            name = sha256(body).hexdigest()[:32]
            self._put(f"{_folder(day)}{name}.jsonl.gz", gzip.compress(body, mtime=0))

    def read_records(self, day: date) -> Iterator[RecordedEpisode]:
        return self._read_records(self._list_keys(_folder(day)))

    def read_latest(self, day: date, objects: int) -> Iterator[RecordedEpisode]:
        """Those of so many objects of the day: the latest of the first thousand by name, which is
        by chance, so that a full day is not listed to its end."""
        with translate_errors():
            page = self._s3().list_objects_v2(Bucket=self._bucket, Prefix=_folder(day))
        found = sorted(page.get("Contents", ()), key=lambda one: one["LastModified"], reverse=True)
        return self._read_records(one["Key"] for one in found[:objects])

    def _read_records(self, keys: Iterable[str]) -> Iterator[RecordedEpisode]:
        for body in self._fetch_bodies(keys):
            for line in gzip.decompress(body).splitlines():
                yield RecordedEpisode.from_dict(orjson.loads(line))

    def _fetch_bodies(self, keys: Iterable[str]) -> Iterator[bytes]:
        """A few ahead of whoever reads them, never the whole day."""
        with ThreadPoolExecutor(READERS) as readers:
            ahead = deque[Future[bytes]]()
            for key in keys:
                ahead.append(readers.submit(self._get, key))
                if len(ahead) > READERS:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def store_surroundings(self, name: str, facts: Mapping[str, Any]) -> None:
        """In the standard library's JSON: what is learned is counted in numbers beyond 64 bits."""
        self._put(_surroundings_key(name), to_canonical_json(facts).encode())

    def read_surroundings(self, name: str) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self._get(_surroundings_key(name))) if name else {}
        return facts

    @translate_errors()
    def _put(self, key: str, body: bytes) -> None:
        self._s3().put_object(Bucket=self._bucket, Key=key, Body=body)

    @translate_errors()
    def _get(self, key: str) -> bytes:
        return self._s3().get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def _list_keys(self, folder: str) -> Iterator[str]:
        with translate_errors():
            pages = (
                self._s3()
                .get_paginator("list_objects_v2")
                .paginate(Bucket=self._bucket, Prefix=folder)
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"]


def _sort_key(record: RecordedEpisode) -> tuple[date, str, int]:
    return _decision_day(record), record.episode.customer_id, record.episode.version


def _decision_day(record: RecordedEpisode) -> date:
    return record.episode.decided_at.date()


def _folder(day: date) -> str:
    return f"archive/{day:%Y/%m/%d}/"


def _surroundings_key(name: str) -> str:
    return f"surroundings/{name}.json"
