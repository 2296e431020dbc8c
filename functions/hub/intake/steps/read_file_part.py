"""Turn: one stretch of reading a file, as long as one call may last, and what is noted of it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from shutil import copyfileobj
from typing import IO

import orjson

from hub.intake.domain.file_definition import FileFormat, endings, format_of
from hub.intake.domain.file_reconciliation import (
    MANIFEST,
    QUARANTINE,
    RECONCILIATION,
    Drop,
    Earlier,
    Part,
    Reconciliation,
)
from hub.intake.domain.file_records import SEEKING, records_of
from hub.intake.domain.file_records.archives import Limits, Member, members
from hub.intake.domain.file_records.batches import batches
from hub.intake.domain.source_definition import Source
from hub.intake.steps.deliver_rows import Rows
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import safe_id
from hub.platform.ports import Clock, Files


@dataclass(slots=True)
class Turn:
    """Notes where it stands after every batch of rows, and stops there when time is up."""

    drop: Drop
    earlier: Earlier
    files: Files
    rows: Rows
    clock: Clock
    time_is_up: Callable[[], bool]
    pace: Callable[[], None]
    limits: Limits
    parts: dict[str, Part] = field(default_factory=dict)
    kept: tuple[Part, ...] = ()

    def run(self) -> Reconciliation:
        self._take_up()
        try:
            finished = self._read()
        except Rejected as refusal:
            self._end(self.parts.get(self._name) or Part(self._name), refusal)
            finished = True
        self._put_quarantine()
        self.kept = tuple(self.parts.values())
        account = self._note(self.clock() if finished else None)
        if finished:
            told = orjson.dumps(account.manifest(), option=orjson.OPT_INDENT_2)
            self.files.put(self.drop.key + MANIFEST, [told])
        return account

    @property
    def _name(self) -> str:
        return self.drop.key.rpartition("/")[2]

    def _take_up(self) -> None:
        """From where an earlier turn had written everything. A turn that was handed on is noted at
        once, so that the message before it, should it come again, leaves the file alone."""
        self.kept = tuple(self.earlier.kept)
        self.parts = {part.name: part for part in self.kept}
        if set_aside := sum(part.quarantined for part in self.kept):
            with closing(self.files.open(self.drop.key + QUARANTINE)) as before:
                self.rows.quarantine.writelines(islice(before, set_aside))
        if self.drop.turn:
            self._note()

    def _read(self) -> bool:
        """Whether the file was read to its end before time was up."""
        source = self._source()
        with closing(self.files.open(self.drop.key, self.drop.etag)) as stream:
            return all(
                self._read_part(source, member)
                for member in members(self._name, stream, self.limits)
            )

    def _source(self) -> Source:
        name, _, rest = self.drop.key.partition("/")
        source = self.rows.sources.find(name) if rest else None
        if source is None or not source.files:
            raise Rejected(f"there is no source {name} that sends files")
        return source

    def _read_part(self, source: Source, member: Member) -> bool:
        part = self.parts.get(member.inside or member.name) or self._new(member)
        if part.ended:
            return True
        try:
            file = _format(source, member.name)
            part = replace(part, format=file.format)
            with self._opened(file, member) as stream:
                for batch in batches(records_of(file, stream), part.row, self.limits.records):
                    part = self.parts[part.name] = self.rows.take(source, part, batch)
                    self._note()
                    self.pace()
                    if self.time_is_up():
                        return False
        except Rejected as refusal:
            self._end(part, refusal)
        else:
            self._end(part)
        return True

    def _new(self, member: Member) -> Part:
        place = f"{self.drop.key}/{member.inside}" if member.inside else self.drop.key
        ids = safe_id(f"{place}:{self.drop.etag}")
        return Part(member.inside or member.name, ids=ids)

    def _end(self, part: Part, refusal: Rejected | None = None) -> None:
        why = f"{refusal.field} {refusal.reason}".strip() if refusal else ""
        self.parts[part.name] = replace(part, ended=True, refused=why)

    @contextmanager
    def _opened(self, file: FileFormat, member: Member) -> Iterator[IO[bytes]]:
        """As a stream that the format can be read from."""
        with closing(member.open()) as stream:
            if file.format not in SEEKING or stream.seekable():
                yield stream
                return
            with self.files.aside() as room:
                copyfileobj(stream, room)
                room.seek(0)
                yield room

    def _put_quarantine(self) -> None:
        key = self.drop.key + QUARANTINE
        if self.rows.quarantine.tell() or self.files.exists(key):
            self.rows.quarantine.seek(0)
            self.files.put(key, self.rows.quarantine)

    def _note(self, finished_at: datetime | None = None) -> Reconciliation:
        account = Reconciliation(
            file=self.drop.key,
            etag=self.drop.etag,
            parts=tuple(self.parts.values()),
            kept=self.kept,
            started_at=self.rows.received_at,
            finished_at=finished_at,
            announced=self.drop.id,
            turn=self.drop.turn,
        )
        self.files.put(self.drop.key + RECONCILIATION, [orjson.dumps(account.to_dict())])
        return account


def _format(source: Source, name: str) -> FileFormat:
    found = format_of(name, source.files)
    if found is None:
        raise Rejected(f"the files of {source.name} end in {endings(source.files)}")
    return found
