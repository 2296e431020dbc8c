"""A batch of letters as it went to the printer.

It counts from the moment at which its manifest is there, of which there can only be one: what that
says is what was printed, and what else lies beside it is of a run that was cut off.
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
"""By which Excel knows it."""
MOST_LETTERS = 500
"""In one batch: a printer's file of a size that opens, made within seconds."""


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter that waits to be printed, in `batch` if it was put in one already."""

    action: Action
    letter: Letter
    batch: str = ""


class PrintDocument(NamedTuple):
    """`first_pages` are where each of the letters begins, counted from 1."""

    pdf: bytes
    first_pages: Sequence[int]
    pages: int


@dataclass(frozen=True, slots=True)
class PrintManifest:
    """`letters` is action id -> the page on which it begins, `recalled` is action id -> why it was
    left out; `files` is kind (`letters`, `addresses`) -> name, which holds a digest of the file."""

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


def batch_name(at: datetime, number: int) -> str:
    """Of the run of that time, the `number`th: `2026/11/25/060000-1`."""
    return f"{at:%Y/%m/%d/%H%M%S}-{number}"


def address_list(written: Sequence[WaitingLetter], printed: PrintDocument) -> bytes:
    """A CSV with a line for each letter, for who puts them in envelopes."""
    header: list[object] = ["page", "action_id", *(f"line_{n}" for n in range(1, MOST_LINES + 1))]
    rows: list[list[object]] = [
        [page, one.action.id, *one.letter.address]
        for one, page in zip(written, printed.first_pages, strict=True)
    ]
    return BYTE_ORDER_MARK + b"".join(to_csv_line(row) for row in [header, *rows])


def file_name(kind: str, ending: str, body: bytes) -> str:
    """Another name for other contents, so that no run replaces what another's manifest names."""
    return f"{kind}-{sha256(body).hexdigest()[:16]}.{ending}"
