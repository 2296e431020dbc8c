"""The documentation as its tests read it: pages, fenced blocks, links, anchors, paths."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.docs.glossary_anchors import to_anchors
from tools.docs.markdown import to_slug
from tools.setup_commands import ROOT

_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[^\s`]*)\n(?P<text>.*?)^(?P=indent)(?P=ticks)$",
    re.MULTILINE | re.DOTALL,
)
_MARKER = re.compile(r"<!-- ([^>]+) -->\s*\Z")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_TOP = "functions|infra|schemas|examples|tests|tools|docs|requirements"
_PATH = re.compile(rf"(?:{_TOP})/[\w./<>*{{}}-]*|pyproject\.toml|cdk\.json|app\.py|Makefile")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. `marker` is the comment right above it, such as `row: rules`."""

    page: Path
    line: int
    language: str
    marker: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@cache
def list_pages() -> list[Path]:
    """Every page of the site, and the Markdown beside the code that it names."""
    beside = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    folders = [*ROOT.glob("schemas/**/README.md"), *ROOT.glob("examples/**/README.md")]
    return sorted([*ROOT.glob("docs/**/*.md"), *beside, *folders])


@cache
def read_page(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def list_blocks(*languages: str) -> list[Block]:
    """The blocks of these languages, in the order of the pages."""
    return [
        block
        for page in list_pages()
        for block in list_blocks_of(page)
        if block.language in languages
    ]


def list_blocks_of(page: Path) -> Iterator[Block]:
    """The blocks of one page, in its order."""
    text = read_page(page)
    for fence in _FENCE.finditer(text):
        marker = _MARKER.search(text[: fence.start()])
        line = text.count("\n", 0, fence.start()) + 1
        yield Block(page, line, fence["language"], marker[1] if marker else "", fence["text"])


def read_prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", read_page(page))


def list_links(page: Path) -> list[str]:
    """The relative links of a page, with their anchors."""
    targets = _LINK.findall(_CODE.sub("", read_prose(page)))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def list_code(page: Path) -> list[str]:
    """What stands in backticks within the text of a page."""
    return _CODE.findall(read_prose(page))


def list_paths(page: Path) -> list[str]:
    """What stands in backticks and looks like a path of the repository."""
    return [text for text in list_code(page) if _PATH.fullmatch(text)]


@cache
def list_anchors(page: Path) -> frozenset[str]:
    """The anchors of a page: of its headings and, in the glossary, of its terms."""
    seen: Counter[str] = Counter()
    anchors = set()
    for heading in _HEADING.findall(read_prose(page)):
        slug = to_slug(heading)
        anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    if page.name == "glossary.md":
        for term in re.findall(r"^\| ([^|]+) \|", read_page(page), re.MULTILINE):
            anchors.update(to_anchors(term))
    return frozenset(anchors)
