"""Reads a file for one turn, as long as one call may last, and stores the progress."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import md5
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
from hub.intake.domain.file_records.archives import Member, list_members
from hub.intake.domain.file_records.batches import split_batches
from hub.intake.domain.file_records.bounded_stream import BoundedStream
from hub.intake.domain.file_records.limits import FileLimits
from hub.intake.domain.source_definition import SourceDefinition
from hub.intake.steps.deliver_rows import DeliverRows
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import to_opaque_id
from hub.platform.ports import Clock, Files

PARTS_SUFFIX = "-"
"""Stands in an ETag before the number of parts."""
READ_AT_ONCE = 1024 * 1024


@dataclass(slots=True)
class ReadFilePart:
    """Stores its progress after every batch of rows, and stops there if time is up.

    `parts` is the progress now; `kept` is the progress with which the quarantine agrees. `content`
    is the MD5 of the file, if it was needed.
    """

    announcement: FileAnnouncement
    earlier: EarlierReading
    files: Files
    rows: DeliverRows
    clock: Clock
    is_time_up: Callable[[], bool]
    pace: Callable[[], None]
    limits: FileLimits
    parts: dict[str, FileProgress] = field(default_factory=dict)
    kept: tuple[FileProgress, ...] = ()
    content: str = ""

    def run(self) -> Reconciliation:
        """Returns the reconciliation that it wrote. Raises `Unavailable` and `Conflict`."""
        self._resume()
        try:
            finished = self._read()
        except Rejected as rejection:
            self._end(self.parts.get(self._name) or FileProgress(self._name), rejection)
            finished = True
        self._put_quarantine()
        self.kept = tuple(self.parts.values())
        reconciliation = self._note(self.clock() if finished else None)
        if finished:
            manifest = orjson.dumps(reconciliation.to_manifest(), option=orjson.OPT_INDENT_2)
            self.files.put(self.announcement.key + MANIFEST, [manifest])
        return reconciliation

    @property
    def _name(self) -> str:
        return self.announcement.key.rpartition("/")[2]

    def _resume(self) -> None:
        """Starts from the last progress whose quarantine is complete.

        A later turn stores its number at once, so that the message of the turn before, if it comes
        again, does not read the file.
        """
        self.kept = tuple(self.earlier.kept)
        self.parts = {part.name: part for part in self.kept}
        if quarantined := sum(part.quarantined for part in self.kept):
            with closing(self.files.open(self.announcement.key + QUARANTINE)) as quarantine:
                self.rows.quarantine.writelines(islice(quarantine, quarantined))
        if self.announcement.turn:
            self._note()

    def _read(self) -> bool:
        """Reads the file. Returns whether it reached the end before time was up."""
        source = self._find_source()
        with closing(self.files.open(self.announcement.key, self.announcement.etag)) as stream:
            return all(
                self._read_member(source, member)
                for member in list_members(self._name, stream, self.limits)
            )

    def _find_source(self) -> SourceDefinition:
        name, _, rest = self.announcement.key.partition("/")
        source = self.rows.sources.find(name) if rest else None
        if source is None or not source.files:
            raise Rejected(f"there is no source {name} that sends files")
        return source

    def _read_member(self, source: SourceDefinition, member: Member) -> bool:
        """Reads one file of the dropped file. Returns whether it reached the end."""
        part = self.parts.get(member.inside or member.name) or self._start(member)
        if part.ended:
            return True
        try:
            file = _find_format(source, member.name)
            part = replace(part, format=file.format)
            with self._open_for_format(file, member) as stream:
                records = read_records(file, stream, self.limits)
                batches = split_batches(records, part.row, self.limits.records, self.limits.batch)
                for batch in batches:
                    part = self.parts[part.name] = self.rows.deliver_batch(source, part, batch)
                    self._check_quarantine()
                    self._note()
                    self.pace()
                    if self.is_time_up():
                        return False
        except Rejected as rejection:
            self._end(part, rejection)
        else:
            self._end(part)
        return True

    def _check_quarantine(self) -> None:
        if self.rows.quarantine.tell() > self.limits.quarantine:
            raise Rejected(f"has more than {self.limits.quarantine} bytes of rows in quarantine")

    def _start(self, member: Member) -> FileProgress:
        key = self.announcement.key
        path = f"{key}/{member.inside}" if member.inside else key
        ids = to_opaque_id(f"{path}:{self._name_content()}")
        return FileProgress(member.inside or member.name, ids=ids)

    def _name_content(self) -> str:
        """Returns the MD5 of the content, so that the same content gives the same event ids.

        The ETag is that, unless the file was sent in parts: then it depends on their size.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
        """
        etag = self.announcement.etag
        if PARTS_SUFFIX not in etag:
            return etag
        if not self.content:
            checksum = md5(usedforsecurity=False)
            with closing(self.files.open(self.announcement.key, etag)) as stream:
                while chunk := stream.read(READ_AT_ONCE):
                    checksum.update(chunk)
            self.content = checksum.hexdigest()
        return self.content

    def _end(self, part: FileProgress, rejection: Rejected | None = None) -> None:
        reason = f"{rejection.field} {rejection.reason}".strip() if rejection else ""
        self.parts[part.name] = replace(part, ended=True, refused=reason)

    @contextmanager
    def _open_for_format(self, file: FileDefinition, member: Member) -> Iterator[IO[bytes]]:
        """Opens a member as a stream that the format can read; some formats need a seekable one."""
        with closing(member.open()) as stream:
            if file.format not in SEEKABLE_FORMATS or stream.seekable():
                yield stream
                return
            with self.files.open_temporary() as copy:
                most = self.limits.workbook
                reason = f"is a workbook of more than {most} bytes in an archive"
                copyfileobj(BoundedStream(stream, most, reason), copy)
                copy.seek(0)
                yield copy

    def _put_quarantine(self) -> None:
        key = self.announcement.key + QUARANTINE
        if self.rows.quarantine.tell() or self.files.exists(key):
            self.rows.quarantine.seek(0)
            self.files.put(key, self.rows.quarantine)

    def _note(self, finished_at: datetime | None = None) -> Reconciliation:
        """Writes the reconciliation beside the file."""
        reconciliation = Reconciliation(
            file=self.announcement.key,
            etag=self.announcement.etag,
            parts=tuple(self.parts.values()),
            kept=self.kept,
            started_at=self.rows.received_at,
            finished_at=finished_at,
            announced=self.announcement.id,
            turn=self.announcement.turn,
        )
        key = self.announcement.key + RECONCILIATION
        self.files.put(key, [orjson.dumps(reconciliation.to_dict())])
        return reconciliation


def _find_format(source: SourceDefinition, name: str) -> FileDefinition:
    definition = find_file_definition(name, source.files)
    if definition is None:
        raise Rejected(f"the files of {source.name} end in {list_suffixes(source.files)}")
    return definition
