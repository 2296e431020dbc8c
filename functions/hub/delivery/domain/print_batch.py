"""A batch of letters for the printer.

A batch has one manifest. It lists the letters that were printed. Files that it does not name are
those of an interrupted run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple, Self

from hub.kernel.csv_safe import to_csv_line
from hub.kernel.times import parse_time, to_iso
from hub.model.decision import Action
from hub.model.letter import MOST_LINES, Letter

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Excel recognises UTF-8 by it."""
MOST_LETTERS = 500
"""The most letters in one batch, so that its file is made within seconds."""


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter that waits to be printed. `batch` is empty if it is in none yet."""

    action: Action
    letter: Letter
    batch: str = ""


class PrintDocument(NamedTuple):
    """`first_pages` has the first page of each letter, counted from 1."""

    pdf: bytes
    first_pages: Sequence[int]
    pages: int


@dataclass(frozen=True, slots=True)
class PrintManifest:
    """`letters` is action id -> first page, `recalled` is action id -> why the letter was not
    printed. `files` is kind (`letters`, `addresses`) -> key of the file."""

    batch: str
    printed_at: datetime
    letters: Mapping[str, int]
    recalled: Mapping[str, str]
    files: Mapping[str, str]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "printed_at": parse_time(data["printed_at"])})

    def to_dict(self) -> dict[str, Any]:
        return {
            "batch": self.batch,
            "printed_at": to_iso(self.printed_at),
            "letters": dict(self.letters),
            "recalled": dict(self.recalled),
            "files": dict(self.files),
        }


def name_batch(at: datetime, number: int) -> str:
    """Names the batch of this number in the run of that time: `2026/11/25/060000-1`."""
    return f"{at:%Y/%m/%d/%H%M%S}-{number}"


def build_address_list(written: Sequence[WaitingLetter], printed: PrintDocument) -> bytes:
    """Builds a CSV with the page and the address of each letter, for the printer."""
    header: list[object] = ["page", "action_id", *(f"line_{n}" for n in range(1, MOST_LINES + 1))]
    rows: list[list[object]] = [
        [page, waiting.action.id, *waiting.letter.address]
        for waiting, page in zip(written, printed.first_pages, strict=True)
    ]
    return BYTE_ORDER_MARK + b"".join(to_csv_line(row) for row in [header, *rows])


def name_file(kind: str, ending: str, body: bytes) -> str:
    """Names a file by a digest of its contents, so that no run replaces a file that the manifest of
    another run names."""
    return f"{kind}-{sha256(body).hexdigest()[:16]}.{ending}"
