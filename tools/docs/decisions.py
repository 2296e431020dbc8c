"""The dated decisions of `docs/decisions`: one page each, listed in its index."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tools.docs.markdown import to_table
from tools.setup_commands import ROOT

FOLDER = ROOT / "docs" / "decisions"
PARTS = ("Context", "Decision", "Why", "Revisit when")


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """`number` is the four digits of the file's name, `parts` the headings below the title."""

    file: str
    title: str
    date: str
    status: str
    parts: tuple[str, ...]

    @property
    def number(self) -> str:
        return self.file[:4]

    @classmethod
    def from_page(cls, path: Path) -> Self:
        """Raises `ValueError` for a page without title, date or status."""
        text = path.read_text(encoding="utf-8")
        head = re.match(r"# (.+)\n\n- date: ([\d-]{10})\n- status: (.+)\n", text)
        if head is None:
            raise ValueError(f"{path.name} does not begin with title, date and status")
        title, date, status = head.groups()
        parts = tuple(re.findall(r"^## (.+)$", text, re.MULTILINE))
        return cls(path.name, title, date, status, parts)


def list_decisions() -> Iterator[DecisionPage]:
    for path in sorted(FOLDER.glob("[0-9]*.md")):
        yield DecisionPage.from_page(path)


def describe_decisions() -> str:
    """Each decision, linked, with date and status; the newest last."""
    rows = (
        (page.number, f"[{page.title}]({page.file})", page.date, page.status)
        for page in list_decisions()
    )
    return to_table(("number", "decision", "date", "status"), rows)
