"""The archive in S3: episodes as JSON lines by day, and the surroundings that they name."""

import gzip
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

import orjson

from hub.kernel.canonical_json import to_canonical_json
from hub.kernel.json_types import Json, JsonObject
from hub.model.episode import RecordedEpisode
from hub.platform.adapters import aws_clients
from hub.platform.adapters.aws_clients import translate_errors
from hub.platform.adapters.aws_text import to_json

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

READERS = 8


class Archive:
    """`hub.history.ports.Archive` in S3: one gzipped object a batch and day, named by its hash."""

    def __init__(self, bucket: str, s3: "Callable[[], S3Client]" = aws_clients.s3) -> None:
        self._bucket = bucket
        self._s3 = s3

    def store(self, records: Sequence[RecordedEpisode]) -> None:
        for day, day_records in groupby(sorted(records, key=_sort_key), key=_decision_day):
            body = "".join(f"{to_json(record.to_dict())}\n" for record in day_records).encode()
            name = sha256(body).hexdigest()[:32]
            self._put(f"{_folder(day)}{name}.jsonl.gz", gzip.compress(body, mtime=0))

    def read_records(self, day: date) -> Iterator[RecordedEpisode]:
        return self._read_records(self._list_keys(_folder(day)))

    def read_latest(self, day: date, objects: int) -> Iterator[RecordedEpisode]:
        """Yields the records of so many objects of the day, the latest first.

        Only the first thousand objects by name are considered, so that a full day is not listed to
        its end. The names are hashes, so these thousand are a random sample."""
        with translate_errors():
            page = self._s3().list_objects_v2(Bucket=self._bucket, Prefix=_folder(day))
        latest = sorted(
            page.get("Contents", ()), key=lambda entry: entry["LastModified"], reverse=True
        )
        return self._read_records(entry["Key"] for entry in latest[:objects])

    def _read_records(self, keys: Iterable[str]) -> Iterator[RecordedEpisode]:
        for body in self._fetch_bodies(keys):
            for line in gzip.decompress(body).splitlines():
                yield RecordedEpisode.from_dict(orjson.loads(line))

    def _fetch_bodies(self, keys: Iterable[str]) -> Iterator[bytes]:
        """Yields the bodies and fetches a few ahead, never the whole day."""
        with ThreadPoolExecutor(READERS) as readers:
            ahead = deque[Future[bytes]]()
            for key in keys:
                ahead.append(readers.submit(self._get, key))
                if len(ahead) > READERS:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def store_surroundings(self, name: str, facts: JsonObject) -> None:
        """Uses the standard library's JSON because the learner's sums have more than 64 bits."""
        self._put(_surroundings_key(name), to_canonical_json(facts).encode())

    def read_surroundings(self, name: str) -> dict[str, Json]:
        facts: dict[str, Json] = json.loads(self._get(_surroundings_key(name))) if name else {}
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
                for entry in page.get("Contents", ()):
                    yield entry["Key"]


def _sort_key(record: RecordedEpisode) -> tuple[date, str, int]:
    return _decision_day(record), record.episode.customer_id, record.episode.version


def _decision_day(record: RecordedEpisode) -> date:
    return record.episode.decided_at.date()


def _folder(day: date) -> str:
    return f"archive/{day:%Y/%m/%d}/"


def _surroundings_key(name: str) -> str:
    return f"surroundings/{name}.json"
