"""Whatever the documentation names is there: pages, anchors, files."""

import re
from pathlib import Path

import pytest

from tests.docs.additions import list_new_files
from tests.docs.pages import list_anchors, list_links, list_pages, list_paths
from tools.setup_commands import ROOT

PAGES = [page.relative_to(ROOT).as_posix() for page in list_pages()]


def test_the_documentation_is_found() -> None:
    assert len(PAGES) > 40


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    assert [target for target in list_links(ROOT / page) if not leads(ROOT / page, target)] == []


def leads(page: Path, link: str) -> bool:
    """Whether the file exists, and the anchor in it where the link has one."""
    place, _, anchor = link.partition("#")
    target = (page.parent / place).resolve() if place else page
    if not anchor:
        return target.exists()
    return target.is_file() and anchor in list_anchors(target)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_every_path_exists(page: str) -> None:
    """A file that an example of `docs/extend` makes is not there yet."""
    named = set(list_paths(ROOT / page)) - list_new_files(ROOT / page)
    assert [path for path in sorted(named) if not exists(path)] == []


def exists(path: str) -> bool:
    """`schemas/sources/<source>` exists when one such path does."""
    pattern = re.sub(r"<[^>]*>|\{[^}]*\}", "*", path.rstrip("/"))
    return any(ROOT.glob(pattern)) or any(ROOT.glob(f"functions/*/{pattern}"))


def test_a_link_to_a_page_that_is_not_there_is_found() -> None:
    page = ROOT / "docs" / "index.md"
    assert leads(page, "glossary.md#episode")
    assert not leads(page, "glossary.md#no-such-term")
    assert not leads(page, "nowhere.md")
