"""Published catalogues: immutable snapshots in S3 and one item that names the newest."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeVar

import orjson
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from hub.catalogue.adapters.release import release_name
from hub.catalogue.domain.template import Template, read_templates
from hub.catalogue.ports import CatalogueStore as Store
from hub.kernel.errors import Conflict, Rejected, Unavailable
from hub.kernel.times import to_iso
from hub.platform.adapters import clock
from hub.platform.adapters.aws_clients import s3, translate_errors
from hub.platform.adapters.aws_text import to_json
from hub.platform.adapters.dynamodb import TableModel, bind_table
from hub.platform.adapters.dynamodb import translate_errors as translate_table_errors
from hub.platform.ports import Clock

NEWEST = "newest"
FRESH_FOR = timedelta(seconds=5)


class PointerItem(TableModel):
    """The item that names the newest catalogue."""

    name = UnicodeAttribute(hash_key=True)
    number = NumberAttribute()
    at = UnicodeAttribute()


class SnapshotLoader(Protocol):
    """What loads published catalogues, as `hub.catalogue.ports.CatalogueStore` does."""

    def load(self, number: int) -> dict[str, Any]: ...


class SnapshotReader:
    """Published catalogues by number."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @translate_errors()
    def load(self, number: int) -> dict[str, Any]:
        if number == 0:
            return {"number": 0, "rows": {}}
        body = s3().get_object(Bucket=self._bucket, Key=_build_snapshot_key(number))["Body"].read()
        snapshot: dict[str, Any] = orjson.loads(body)
        return snapshot

    def load_compiled(self, number: int) -> bytes | None:
        try:
            return self._get_compiled(number)
        except (Rejected, Unavailable):
            return None  # The snapshot has the same rows; to compile it takes longer.

    @translate_errors()
    def _get_compiled(self, number: int) -> bytes:
        return s3().get_object(Bucket=self._bucket, Key=_build_compiled_key(number))["Body"].read()


class CatalogueStore(SnapshotReader):
    """`hub.catalogue.ports.CatalogueStore` in S3 and DynamoDB."""

    def __init__(self, table: str, bucket: str, now: Clock = clock.now) -> None:
        super().__init__(bucket)
        self._item = bind_table(PointerItem, table)
        self._now = now

    @translate_table_errors()
    def read_newest_number(self) -> int:
        try:
            return int(self._item.get(NEWEST, consistent_read=True).number or 0)
        except self._item.DoesNotExist:
            return 0

    def publish(
        self, number: int, snapshot: Mapping[str, Any], artifact: bytes | None = None
    ) -> None:
        """Another publisher that stopped, or is slower, may have stored a snapshot of this number.

        This one then makes that snapshot the newest and raises `Conflict`, so that it starts again
        from there. Only the publisher that stored the snapshot stores its artifact, so both are
        made of the same rows.
        """
        is_stored = self._try_store(number, to_json(snapshot).encode())
        if is_stored and artifact:
            self.store_compiled(number, artifact)
        self._point_to(number)
        if not is_stored:
            raise Conflict(f"another publisher has stored catalogue {number}")

    def _try_store(self, number: int, body: bytes) -> bool:
        try:
            self._put_new(_build_snapshot_key(number), body)
        except Conflict:
            return False
        return True

    @translate_errors()
    def _put_new(self, key: str, body: bytes) -> None:
        s3().put_object(
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType="application/json",
            IfNoneMatch="*",
        )

    @translate_errors()
    def store_compiled(self, number: int, artifact: bytes) -> None:
        s3().put_object(Bucket=self._bucket, Key=_build_compiled_key(number), Body=artifact)

    @translate_table_errors()
    def _point_to(self, number: int) -> None:
        """Leaves the other attributes of the item, such as the request to roll back."""
        item = self._item
        is_next = item.number == number - 1 if number > 1 else item.number.does_not_exist()
        item(NEWEST).update(
            [item.number.set(number), item.at.set(to_iso(self._now()))], condition=is_next
        )


def _build_snapshot_key(number: int) -> str:
    return f"catalogue/{number:06d}.json"


def _build_compiled_key(number: int) -> str:
    return f"catalogue/{number:06d}.{release_name()}.bin"


def build_template_loader(snapshots: SnapshotLoader) -> Callable[[int], Mapping[str, Template]]:
    """Makes a function that reads the templates of a published catalogue, by id.

    It keeps those of the last 4 catalogues. It leaves out a template that this release of the hub
    cannot read.
    """

    @lru_cache(maxsize=4)
    def templates(number: int) -> Mapping[str, Template]:
        snapshot = snapshots.load(number)
        rows = snapshot["rows"].get("templates", {})
        return read_templates(rows, snapshot.get("html", {}), {})

    return templates


C = TypeVar("C")


class NewestCatalogue(Generic[C]):
    """The newest catalogue, loaded once for each number. It reads the number every 5 s at most.

    `load_compiled` reads the compiled form and returns None if it cannot; then `compile_snapshot`
    compiles the snapshot.
    """

    def __init__(
        self,
        store: Store,
        compile_snapshot: Callable[[Mapping[str, Any]], C],
        load_compiled: Callable[[bytes], C | None] = lambda _: None,
    ) -> None:
        self._store = store
        self._compile_snapshot = compile_snapshot
        self._load_compiled = load_compiled
        self._current: tuple[int, C] | None = None
        self._checked_at: datetime | None = None

    def read_current(self, now: datetime) -> C:
        """Returns the newest catalogue as it was at most 5 s before `now`."""
        if self._current and self._checked_at and now - self._checked_at < FRESH_FOR:
            return self._current[1]
        number = self._store.read_newest_number()
        if self._current is None or self._current[0] != number:
            self._current = (number, self._load(number))
        self._checked_at = now
        return self._current[1]

    def _load(self, number: int) -> C:
        artifact = self._store.load_compiled(number) if number else None
        compiled = self._load_compiled(artifact) if artifact else None
        return self._compile_snapshot(self._store.load(number)) if compiled is None else compiled
