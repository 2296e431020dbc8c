"""A file's account: of every row read, whether it became an event or was set aside, and why."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from hub.domain.times import iso

QUARANTINE = ".quarantine.jsonl"
RECONCILIATION = ".reconciliation.json"


def is_our_own(key: str) -> bool:
    """Whether the hub wrote this object itself; also the empty object that stands for a folder."""
    return key.endswith((QUARANTINE, RECONCILIATION, "/"))


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`refused` says why a file was given up; what is counted beside it was dealt with before.

    While a file is being read, `finished_at` is None and `row` the last one that became an event:
    whoever takes the file up again goes on behind it.
    """

    file: str
    etag: str
    source: str
    events: int
    quarantined: int
    row: int
    started_at: datetime
    finished_at: datetime | None = None
    refused: str = ""

    @property
    def rows_read(self) -> int:
        return self.events + self.quarantined

    def to_dict(self) -> dict[str, Any]:
        finished_at = iso(self.finished_at) if self.finished_at else None
        times = {"started_at": iso(self.started_at), "finished_at": finished_at}
        return {**asdict(self), "rows_read": self.rows_read, **times}


def settles(record: Mapping[str, Any], etag: str) -> bool:
    """Whether this earlier record means that the same file needs nothing more.

    One that was refused is tried again: its source may have been mended since.
    """
    return _is_of(record, etag) and bool(record.get("finished_at")) and not record.get("refused")


def row_reached(record: Mapping[str, Any], etag: str) -> int:
    """Up to which row the same file was dealt with when its reading was cut off."""
    cut_off = _is_of(record, etag) and not record.get("finished_at")
    return int(record["row"]) if cut_off else 0


def _is_of(record: Mapping[str, Any], etag: str) -> bool:
    return bool(record.get("etag") == etag)
