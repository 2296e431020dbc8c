"""A file's account: of every row read, whether it became an event or was set aside, and why.

The file's manifest is the same for people: written once, when the file was read to its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Self

from hub.kernel.times import parse_time, to_iso

MANIFEST = ".manifest.json"
QUARANTINE = ".quarantine.jsonl"
RECONCILIATION = ".reconciliation.json"


def is_written_by_hub(key: str) -> bool:
    """Whether the hub wrote this object itself; also the empty object that stands for a folder."""
    return key.endswith((MANIFEST, QUARANTINE, RECONCILIATION, "/"))


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far a file was read, or a member of an archive. `row` is the last one dealt with.

    `refused` says why it was given up; what is counted beside it was dealt with before. `ids` is
    what its deliveries' ids begin with: the number of a row follows.
    """

    name: str
    format: str = ""
    ids: str = ""
    events: int = 0
    quarantined: int = 0
    row: int = 0
    ended: bool = False
    refused: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})

    def add_counts(self, *, events: int, quarantined: int) -> Self:
        return replace(
            self,
            events=self.events + events,
            quarantined=self.quarantined + quarantined,
            row=self.row + events + quarantined,
        )


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`parts` are as they stand; `kept` as they stood when the quarantine was last written whole:
    whoever takes the file up again reads on from there, and sends nothing again up to `parts`.

    `finished_at` is None while the file is being read. `announced` and `turn` tell which message
    reads it: a file that takes long is handed from one turn to the next.
    """

    file: str
    etag: str
    parts: tuple[FileProgress, ...]
    kept: tuple[FileProgress, ...]
    started_at: datetime
    finished_at: datetime | None = None
    announced: str = ""
    turn: int = 0

    @property
    def events(self) -> int:
        return sum(part.events for part in self.parts)

    @property
    def quarantined(self) -> int:
        return sum(part.quarantined for part in self.parts)

    @property
    def refused(self) -> str:
        """Why the file was given up, or which of the files in it and why."""
        refused = [part for part in self.parts if part.refused]
        if len(self.parts) == 1:
            return "".join(part.refused for part in refused)
        return "; ".join(f"{part.name} {part.refused}" for part in refused)

    def to_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "etag": self.etag,
            "source": self.file.partition("/")[0],
            "rows_read": self.events + self.quarantined,
            "events": self.events,
            "quarantined": self.quarantined,
            "refused": self.refused,
            "started_at": to_iso(self.started_at),
            "finished_at": to_iso(self.finished_at) if self.finished_at else None,
            "announced": self.announced,
            "turn": self.turn,
            "parts": [asdict(part) for part in self.parts],
            "kept": [asdict(part) for part in self.kept],
        }

    def to_manifest(self) -> dict[str, Any]:
        """What came from where, for whoever runs the hub."""
        told = self.to_dict()
        names = ("file", "etag", "source", "started_at", "finished_at", "refused")
        return {
            **{name: told[name] for name in names},
            "set_aside": self.file + QUARANTINE if self.quarantined else None,
            "files": [_to_manifest_entry(self, part) for part in self.parts],
        }


def _to_manifest_entry(account: Reconciliation, part: FileProgress) -> dict[str, Any]:
    source = account.file.partition("/")[0]
    return {
        "name": part.name,
        "format": part.format or None,
        "rows": part.events + part.quarantined,
        "events": part.events,
        "quarantined": part.quarantined,
        "refused": part.refused or None,
        "event_ids": f"{source}:{part.ids}:<row>" if part.events else None,
    }


@dataclass(frozen=True, slots=True)
class FileAnnouncement:
    """The announcement that a file lies in the bucket. `id` is its own; `turn` counts how often
    the reading of the file was handed on."""

    key: str
    etag: str
    id: str = ""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class EarlierReading:
    """What the account beside a file says of earlier readings of the same content."""

    record: Mapping[str, Any]

    @classmethod
    def from_record(cls, record: Mapping[str, Any], etag: str) -> Self:
        return cls(record if record.get("etag") == etag else {})

    @property
    def is_finished(self) -> bool:
        return bool(self.record.get("finished_at"))

    @property
    def is_settled(self) -> bool:
        return self.is_finished and not self.record.get("refused")

    def is_ahead_of(self, announcement: FileAnnouncement) -> bool:
        """Whether the file is read by a later message than this one."""
        announced, turn = self.record.get("announced", ""), int(self.record.get("turn", 0))
        if announced != announcement.id:
            return announcement.turn > 0 and bool(self.record)
        return turn > announcement.turn

    @property
    def started_at(self) -> datetime | None:
        told = self.record.get("started_at")
        return parse_time(told) if told else None

    @property
    def kept(self) -> Sequence[FileProgress]:
        """What was refused is tried again once all was read: its source may have been mended."""
        parts = [FileProgress.from_dict(part) for part in self.record.get("kept", ())]
        if not self.is_finished:
            return parts
        again = [replace(p, ended=p.ended and not p.refused, refused="") for p in parts]
        return [part for part in again if part.ended or part.row]

    @property
    def rows_reached(self) -> Mapping[str, int]:
        return {part["name"]: int(part["row"]) for part in self.record.get("parts", ())}
