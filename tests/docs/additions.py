"""The additions that the pages of `docs/extend` show: whole new files, and lines for existing ones.

The line above a block announces where its text belongs:

    `path`, a new file:
    In `path`, after the line `anchor`:
    In `path`, before the line `anchor`:
    In `path`, instead of the line `anchor`:
    In `path`, after each line `anchor`:
    In `path`, after each `anchor` on the same line:
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import Block, list_blocks_of, read_page
from tools.setup_commands import ROOT

EXTEND = ROOT / "docs" / "extend"
_NEW_FILE = re.compile(r"`(?P<path>[^`]+)`, a new file:")
_ANCHORED = re.compile(
    r"In `(?P<path>[^`]+)`, "
    r"(?P<where>(?:after|before|instead of) the line|after each line|after each) "
    r"(?P<ticks>`+) ?(?P<anchor>.+?) ?(?P=ticks)(?: on the same line)?:"
)


@dataclass(frozen=True, slots=True)
class Addition:
    """`where` is empty for a new file. The `anchor` is a line without its indentation, which the
    text takes over; for `after each` it is any text."""

    place: str
    path: str
    where: str
    anchor: str
    text: str

    def apply(self, root: Path) -> None:
        """Raises ValueError if a new file is there already or an anchor is not found."""
        target = root / self.path
        if self.where:
            target.write_text(self._change(target.read_text("utf-8")), "utf-8")
        elif target.exists():
            raise ValueError(f"{self.place}: {self.path} is no new file")
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.text, "utf-8")

    def _change(self, text: str) -> str:
        if self.where == "after each":
            changed = text.replace(self.anchor, f"{self.anchor} {self.text.strip()}")
            found = text.count(self.anchor)
        else:
            lines = text.splitlines(keepends=True)
            found = sum(line.strip() == self.anchor for line in lines)
            changed = "".join(map(self._change_line, lines))
        if found != 1 and (found == 0 or "each" not in self.where):
            raise ValueError(f"{self.place}: {self.path} has {self.anchor!r} {found} times")
        return changed

    def _change_line(self, line: str) -> str:
        if line.strip() != self.anchor:
            return line
        added = textwrap.indent(self.text, line[: len(line) - len(line.lstrip())])
        if self.where == "instead of the line":
            return added
        return added + line if self.where == "before the line" else line + added


def list_extend_pages() -> list[Path]:
    """The pages with a worked example."""
    return sorted(page for page in EXTEND.glob("*.md") if page.name != "index.md")


def list_additions(page: Path) -> list[Addition]:
    return [addition for block in list_blocks_of(page) if (addition := _read_addition(block, page))]


def list_unannounced(page: Path) -> Iterator[str]:
    """The blocks that are neither an addition nor commands."""
    for block in list_blocks_of(page):
        if block.language != "console" and not _read_addition(block, page):
            yield str(block)


def list_new_files(page: Path) -> set[str]:
    return {addition.path for addition in list_additions(page) if not addition.where}


def _read_addition(block: Block, page: Path) -> Addition | None:
    above = read_page(page).splitlines()[: block.line - 1]
    announcement = next((line for line in reversed(above) if line.strip()), "")
    if new := _NEW_FILE.fullmatch(announcement):
        return Addition(str(block), new["path"], "", "", block.text)
    if found := _ANCHORED.fullmatch(announcement):
        return Addition(str(block), found["path"], found["where"], found["anchor"], block.text)
    return None
