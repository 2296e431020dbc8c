"""Published catalogues: immutable snapshots in S3 and one item that names the newest."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.catalogue.adapters.release import release
from hub.catalogue.domain.template import Template, templates_of_rows
from hub.catalogue.ports import CatalogueStore as Store
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.kernel.times import iso
from hub.platform.adapters import clock
from hub.platform.adapters.aws_clients import s3, translated
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import Table, table_of
from hub.platform.adapters.dynamodb import translated as table_translated
from hub.platform.ports import Clock

NEWEST = "newest"
FRESH = timedelta(seconds=5)


class PointerItem(Table):
    name = UnicodeAttribute(hash_key=True)
    number = NumberAttribute()
    at = UnicodeAttribute()


class Loads(Protocol):
    def load(self, number: int) -> dict[str, Any]: ...


class Snapshots:
    """Published catalogues by number."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @translated()
    def load(self, number: int) -> dict[str, Any]:
        if number == 0:
            return {"number": 0, "rows": {}}
        body = s3().get_object(Bucket=self._bucket, Key=_key(number))["Body"].read()
        snapshot: dict[str, Any] = orjson.loads(body)
        return snapshot

    def artifact(self, number: int) -> bytes | None:
        try:
            return self._artifact(number)
        except (Rejected, Unavailable):
            return None  # absent, or not to be had now: the snapshot says the same, slower

    @translated()
    def _artifact(self, number: int) -> bytes:
        return s3().get_object(Bucket=self._bucket, Key=_artifact_key(number))["Body"].read()


class CatalogueStore(Snapshots):
    """`hub.catalogue.ports.CatalogueStore` in S3 and DynamoDB."""

    def __init__(self, table: str, bucket: str, now: Clock = clock.now) -> None:
        super().__init__(bucket)
        self._item = table_of(PointerItem, table)
        self._now = now

    @table_translated()
    def newest(self) -> int:
        try:
            return int(self._item.get(NEWEST, consistent_read=True).number or 0)
        except self._item.DoesNotExist:
            return 0

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        """A snapshot that lies there already was left by a guard that died or is slower.

        It is published for it, and `Conflict` makes this one start again from there. Only whoever
        wrote the snapshot writes its artifact, so the two are of the same rows.
        """
        ours = self._put(number, to_json(snapshot).encode())
        if ours and artifact:
            self.prepare(number, artifact)
        self._point_to(number)
        if not ours:
            raise Conflict(f"catalogue {number} was written by another guard")

    def _put(self, number: int, body: bytes) -> bool:
        try:
            self._put_new(_key(number), body)
        except Conflict:
            return False
        return True

    @translated()
    def _put_new(self, key: str, body: bytes) -> None:
        s3().put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType="application/json",
            IfNoneMatch="*",
        )

    @translated()
    def prepare(self, number: int, artifact: bytes) -> None:
        s3().put_object(Bucket=self._bucket, Key=_artifact_key(number), Body=artifact)

    @table_translated()
    def _point_to(self, number: int) -> None:
        """What else stands on the item, such as a wish to roll back, is left there."""
        item, first = self._item, self._item.number.does_not_exist()
        item(NEWEST).update(
            [item.number.set(number), item.at.set(iso(self._now()))],
            condition=item.number == number - 1 if number > 1 else first,
        )


def _key(number: int) -> str:
    return f"catalogue/{number:06d}.json"


def _artifact_key(number: int) -> str:
    return f"catalogue/{number:06d}.{release()}.bin"


def templates_of(snapshots: Loads) -> Callable[[int], Mapping[str, Template]]:
    """A published catalogue's templates by id, without its rules; the last few are kept.

    A template that this release does not read any more is left out.
    """

    @lru_cache(maxsize=4)
    def templates(number: int) -> Mapping[str, Template]:
        snapshot = snapshots.load(number)
        rows = snapshot["rows"].get("templates", {})
        return templates_of_rows(rows, snapshot.get("html", {}), {})

    return templates


C = TypeVar("C")


class NewestCatalogue(Generic[C]):
    """The newest catalogue, made ready once a number; its number is read every 5 s at most.

    `unpacked` reads a prebuilt one and gives None where it cannot; then `compiled` makes it.
    """

    def __init__(
        self,
        store: Store,
        compiled: Callable[[Mapping[str, Any]], C],
        unpacked: Callable[[bytes], C | None] = lambda _: None,
    ) -> None:
        self._store = store
        self._compiled = compiled
        self._unpacked = unpacked
        self._held: tuple[int, C] | None = None
        self._asked_at: datetime | None = None

    def current(self, now: datetime) -> C:
        if self._held and self._asked_at and now - self._asked_at < FRESH:
            return self._held[1]
        number = self._store.newest()
        if self._held is None or self._held[0] != number:
            self._held = (number, self._ready(number))
        self._asked_at = now
        return self._held[1]

    def _ready(self, number: int) -> C:
        artifact = self._store.artifact(number) if number else None
        prebuilt = self._unpacked(artifact) if artifact else None
        return self._compiled(self._store.load(number)) if prebuilt is None else prebuilt
