"""The site builds without a warning: no dead link, no page that no other names."""

import subprocess
from pathlib import Path

import pytest

from tools.docs.__main__ import build_command


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = build_command(str(folder))
    built = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own command
    assert built.returncode == 0, built.stderr
    return folder


def test_the_site_can_be_searched(site: Path) -> None:
    assert "quiet_hours" in (site / "searchindex.js").read_text(encoding="utf-8")
    assert (site / "search.html").is_file()


def test_a_link_to_a_term_leads_to_its_line(site: Path) -> None:
    assert 'id="quiet-hours"' in (site / "glossary.html").read_text(encoding="utf-8")


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    assert 'src="http' not in page
    assert 'stylesheet" href="http' not in page
