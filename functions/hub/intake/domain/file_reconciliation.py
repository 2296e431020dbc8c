"""The reconciliation of a file: how many rows became events, how many went to quarantine, and why.

The manifest of a file says the same to people. The hub writes it once, at the end of the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Self

from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import parse_time, to_iso

MANIFEST = ".manifest.json"
QUARANTINE = ".quarantine.jsonl"
RECONCILIATION = ".reconciliation.json"


def is_written_by_hub(key: str) -> bool:
    """Whether the hub wrote this object itself, or the object is an empty one for a folder."""
    return key.endswith((MANIFEST, QUARANTINE, RECONCILIATION, "/"))


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How far a file, or one file of an archive, has been read. `row` is the last row read.

    `refused` is the reason if the hub gave the file up; the counts are of the rows before that.
    The delivery id of a row is `ids` and the number of the row.
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
    def from_dict(cls, data: JsonObject) -> Self:
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names})

    def add_counts(self, *, events: int, quarantined: int) -> Self:
        """Returns the progress after so many further rows."""
        return replace(
            self,
            events=self.events + events,
            quarantined=self.quarantined + quarantined,
            row=self.row + events + quarantined,
        )


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The state of reading one file.

    `parts` is the progress now. `kept` is the progress at the time when the quarantine was last
    written: a later reading starts from there, and publishes only the rows behind `parts`.
    `finished_at` is None until the end of the file. `announced` and `turn` identify the message
    that reads the file: a long file takes several turns.
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
        """Why the hub gave the file up, or which files of an archive and why."""
        refused_parts = [part for part in self.parts if part.refused]
        if len(self.parts) == 1:
            return "".join(part.refused for part in refused_parts)
        return "; ".join(f"{part.name} {part.refused}" for part in refused_parts)

    def to_dict(self) -> dict[str, Json]:
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

    def to_manifest(self) -> dict[str, Json]:
        """Makes the manifest, for people who run the hub."""
        record = self.to_dict()
        names = ("file", "etag", "source", "started_at", "finished_at", "refused")
        return {
            **{name: record[name] for name in names},
            "set_aside": self.file + QUARANTINE if self.quarantined else None,
            "files": [_to_manifest_entry(self, part) for part in self.parts],
        }


def _to_manifest_entry(reconciliation: Reconciliation, part: FileProgress) -> dict[str, Json]:
    source = reconciliation.file.partition("/")[0]
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
    """The announcement of a new file in the bucket.

    `id` is that of the announcement. `turn` counts the turns before this one.
    """

    key: str
    etag: str
    id: str = ""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class EarlierReading:
    """What the reconciliation beside a file says about earlier readings of the same content."""

    record: JsonObject

    @classmethod
    def from_record(cls, record: JsonObject, etag: str) -> Self:
        return cls(record if record.get("etag") == etag else {})

    @property
    def is_finished(self) -> bool:
        return bool(self.record.get("finished_at"))

    @property
    def is_settled(self) -> bool:
        """Whether the whole file was read and no part of it refused."""
        return self.is_finished and not self.record.get("refused")

    def is_ahead_of(self, announcement: FileAnnouncement) -> bool:
        """Whether a later message than this one reads the file."""
        announced, turn = self.record.get("announced", ""), int(self.record.get("turn", 0))
        if announced != announcement.id:
            return announcement.turn > 0 and bool(self.record)
        return turn > announcement.turn

    @property
    def started_at(self) -> datetime | None:
        text = self.record.get("started_at")
        return parse_time(text) if text else None

    @property
    def kept(self) -> Sequence[FileProgress]:
        """The progress to start from.

        After the end of the file, refused parts start again, because a correction of the source
        may let the hub read them now.
        """
        parts = [FileProgress.from_dict(part) for part in self.record.get("kept", ())]
        if not self.is_finished:
            return parts
        restarted = [
            replace(part, ended=part.ended and not part.refused, refused="") for part in parts
        ]
        return [part for part in restarted if part.ended or part.row]

    @property
    def rows_reached(self) -> Mapping[str, int]:
        """The last published row by part."""
        return {part["name"]: int(part["row"]) for part in self.record.get("parts", ())}
