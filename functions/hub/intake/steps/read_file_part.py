"""Turn: one stretch of reading a file, as long as one call may last, and what is noted of it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from shutil import copyfileobj
from typing import IO

import orjson

from hub.intake.domain.file_definition import FileDefinition, find_file_definition, list_suffixes
from hub.intake.domain.file_reconciliation import (
    MANIFEST,
    QUARANTINE,
    RECONCILIATION,
    EarlierReading,
    FileAnnouncement,
    FileProgress,
    Reconciliation,
)
from hub.intake.domain.file_records import SEEKABLE_FORMATS, read_records
from hub.intake.domain.file_records.archives import FileLimits, Member, list_members
from hub.intake.domain.file_records.batches import split_batches
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.steps.deliver_rows import DeliverRows
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import to_safe_id
from hub.platform.ports import Clock, Files


@dataclass(slots=True)
class ReadFilePart:
    """Notes where it stands after every batch of rows, and stops there when time is up."""

    announcement: FileAnnouncement
    earlier: EarlierReading
    files: Files
    rows: DeliverRows
    clock: Clock
    time_is_up: Callable[[], bool]
    pace: Callable[[], None]
    limits: FileLimits
    parts: dict[str, FileProgress] = field(default_factory=dict)
    kept: tuple[FileProgress, ...] = ()

    def run(self) -> Reconciliation:
        self._resume()
        try:
            finished = self._read()
        except Rejected as refusal:
            self._end(self.parts.get(self._name) or FileProgress(self._name), refusal)
            finished = True
        self._put_quarantine()
        self.kept = tuple(self.parts.values())
        account = self._note(self.clock() if finished else None)
        if finished:
            told = orjson.dumps(account.to_manifest(), option=orjson.OPT_INDENT_2)
            self.files.put(self.announcement.key + MANIFEST, [told])
        return account

    @property
    def _name(self) -> str:
        return self.announcement.key.rpartition("/")[2]

    def _resume(self) -> None:
        """From where an earlier turn had written everything. A turn that was handed on is noted at
        once, so that the message before it, should it come again, leaves the file alone."""
        self.kept = tuple(self.earlier.kept)
        self.parts = {part.name: part for part in self.kept}
        if set_aside := sum(part.quarantined for part in self.kept):
            with closing(self.files.open(self.announcement.key + QUARANTINE)) as before:
                self.rows.quarantine.writelines(islice(before, set_aside))
        if self.announcement.turn:
            self._note()

    def _read(self) -> bool:
        """Whether the file was read to its end before time was up."""
        source = self._source()
        with closing(self.files.open(self.announcement.key, self.announcement.etag)) as stream:
            return all(
                self._read_member(source, member)
                for member in list_members(self._name, stream, self.limits)
            )

    def _source(self) -> SourceDefinition:
        name, _, rest = self.announcement.key.partition("/")
        source = self.rows.sources.find(name) if rest else None
        if source is None or not source.files:
            raise Rejected(f"there is no source {name} that sends files")
        return source

    def _read_member(self, source: SourceDefinition, member: Member) -> bool:
        part = self.parts.get(member.inside or member.name) or self._new(member)
        if part.ended:
            return True
        try:
            file = _format(source, member.name)
            part = replace(part, format=file.format)
            with self._open_for_format(file, member) as stream:
                for batch in split_batches(
                    read_records(file, stream), part.row, self.limits.records
                ):
                    part = self.parts[part.name] = self.rows.deliver_batch(source, part, batch)
                    self._note()
                    self.pace()
                    if self.time_is_up():
                        return False
        except Rejected as refusal:
            self._end(part, refusal)
        else:
            self._end(part)
        return True

    def _new(self, member: Member) -> FileProgress:
        place = (
            f"{self.announcement.key}/{member.inside}" if member.inside else self.announcement.key
        )
        ids = to_safe_id(f"{place}:{self.announcement.etag}")
        return FileProgress(member.inside or member.name, ids=ids)

    def _end(self, part: FileProgress, refusal: Rejected | None = None) -> None:
        why = f"{refusal.field} {refusal.reason}".strip() if refusal else ""
        self.parts[part.name] = replace(part, ended=True, refused=why)

    @contextmanager
    def _open_for_format(self, file: FileDefinition, member: Member) -> Iterator[IO[bytes]]:
        """As a stream that the format can be read from."""
        with closing(member.open()) as stream:
            if file.format not in SEEKABLE_FORMATS or stream.seekable():
                yield stream
                return
            with self.files.open_temporary() as room:
                copyfileobj(stream, room)
                room.seek(0)
                yield room

    def _put_quarantine(self) -> None:
        key = self.announcement.key + QUARANTINE
        if self.rows.quarantine.tell() or self.files.exists(key):
            self.rows.quarantine.seek(0)
            self.files.put(key, self.rows.quarantine)

    def _note(self, finished_at: datetime | None = None) -> Reconciliation:
        account = Reconciliation(
            file=self.announcement.key,
            etag=self.announcement.etag,
            parts=tuple(self.parts.values()),
            kept=self.kept,
            started_at=self.rows.received_at,
            finished_at=finished_at,
            announced=self.announcement.id,
            turn=self.announcement.turn,
        )
        self.files.put(self.announcement.key + RECONCILIATION, [orjson.dumps(account.to_dict())])
        return account


def _format(source: SourceDefinition, name: str) -> FileDefinition:
    found = find_file_definition(name, source.files)
    if found is None:
        raise Rejected(f"the files of {source.name} end in {list_suffixes(source.files)}")
    return found
