"""The pages of `docs/extend` are followed to the letter, in a copy of the project.

The copy has all additions at once. Tests that hold the laws run there, for what is new.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.docs.additions import (
    EXTEND,
    Addition,
    list_additions,
    list_extend_pages,
    list_new_files,
    list_unannounced,
)
from tests.docs.pages import read_page
from tools.setup_commands import ROOT

PAGES = {page.name: page for page in list_extend_pages()}
PARTS = ("docs", "examples", "functions", "infra", "schemas", "tests", "tools")
FILES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "app.py", "pyproject.toml")
WRITE_WHAT_FOLLOWS = """\
from tools import schemas
from tools.docs import generate
schemas.main()
generate.write_tables(generate.make_tables())
"""
LAWS = (
    "tests/catalogue/domain/test_verbs.py",
    "tests/contact_policy/domain/test_gates.py",
    "tests/decisioning/domain/test_verb_effects.py",
    "tests/docs/test_blocks.py",
    "tests/docs/test_tables.py",
    "tests/intake/adapters/test_source_catalogue.py",
    "tests/intake/domain/test_signature_schemes.py",
    "tests/test_structure.py",
    "tests/tools/test_schemas.py",
)
LAWS_OF_DELIVERY = "tests/delivery/adapters/test_connector_files.py"
PYTEST = ("pytest", "-q", "-n0", "-p", "no:cacheprovider")
OF_WHAT_WAS_THERE = (
    "tests/intake/adapters/test_source_catalogue.py::test_any_json_is_an_event_or_a_rejection",
    "tests/intake/adapters/test_source_catalogue.py::test_both_validators_come_to_one_verdict",
)
"""These draw from all sources, so they would hardly meet the new one."""


def run_in(root: Path, *command: str) -> None:
    """Runs a program of the environment. Fails the test with what it printed."""
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run(  # noqa: S603 the project's own programs
        [str(program), *command[1:]],
        cwd=root,
        env={"PYTHONPATH": "functions:.", "PATH": f"{program.parent}:/usr/bin:/bin"},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n{done.stdout[-8000:]}\n{done.stderr[-4000:]}")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which somebody has followed all pages."""
    root = tmp_path_factory.mktemp("extended")
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / part, root / part, ignore=ignored)
    for file in FILES:
        shutil.copy(ROOT / file, root / file)
    for page in PAGES.values():
        for addition in list_additions(page):
            addition.apply(root)
    run_in(root, "python", "-c", WRITE_WHAT_FOLLOWS)
    run_in(root, "ruff", "format", "--quiet", ".")
    return root


def read_table() -> Mapping[str, set[str]]:
    """Page -> the existing files that the table says an addition changes."""
    rows = re.findall(
        r"^\| .*?\]\((\w[\w-]*\.md)\) \|(.*)\|$", read_page(EXTEND / "index.md"), re.MULTILINE
    )
    return {
        page: {path for cell in cells.split("|")[1:] for path in re.findall(r"`([^`]+)`", cell)}
        for page, cells in rows
    }


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_an_example_says_where_it_belongs(name: str) -> None:
    assert list(list_unannounced(PAGES[name])) == []
    assert list_additions(PAGES[name])


@pytest.mark.parametrize("name", PAGES)
def test_an_example_changes_the_existing_files_that_the_table_names(name: str) -> None:
    changed = {addition.path for addition in list_additions(PAGES[name])}
    assert changed - list_new_files(PAGES[name]) == read_table()[name]


def test_the_table_has_a_row_for_every_example() -> None:
    assert read_table().keys() == PAGES.keys()


def test_what_is_written_by_command_is_in_the_schemas_and_the_documentation(project: Path) -> None:
    """All other changes are those that the pages show."""
    shown = {addition.path for page in PAGES.values() for addition in list_additions(page)}
    changed = {
        path.relative_to(project).as_posix()
        for part in PARTS
        for path in (project / part).rglob("*.*")
        if path.is_file() and "cache" not in str(path.parent) and differs(path, project)
    }
    written = changed - shown
    assert {path for path in written if not path.startswith(("schemas/", "docs/"))} == set()
    assert {"schemas/catalogue/rules.schema.json", "docs/reference/sources.md"} <= written


def differs(path: Path, project: Path) -> bool:
    before = ROOT / path.relative_to(project)
    return not before.is_file() or before.read_bytes() != path.read_bytes()


def test_the_additions_keep_the_import_rules_and_need_no_other_style(project: Path) -> None:
    run_in(project, "ruff", "check", "--no-cache", ".")
    run_in(project, "lint-imports", "--no-cache")


def test_the_additions_keep_all_laws(project: Path) -> None:
    own = [path for path in list_all_new_files() if Path(path).name.startswith("test_")]
    assert len(own) >= 3
    without = (f"--deselect={law}" for law in OF_WHAT_WAS_THERE)
    run_in(project, *PYTEST, *without, *LAWS, *own)


def test_the_new_connectors_keep_the_laws_of_delivery(project: Path) -> None:
    new = [Path(p).stem for p in list_all_new_files() if p.startswith("schemas/connectors/")]
    assert len(new) >= 2
    run_in(project, *PYTEST, "-k", " or ".join(new), LAWS_OF_DELIVERY)


def list_all_new_files() -> list[str]:
    return sorted(path for page in PAGES.values() for path in list_new_files(page))


def test_a_line_for_a_place_that_is_not_there_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one\ntwo\ntwo\n")
    addition = Addition("page.md:1", "a.py", "after the line", "one", "and a half\n")
    addition.apply(tmp_path)
    assert (tmp_path / "a.py").read_text() == "one\nand a half\ntwo\ntwo\n"
    for anchor in ("two", "three"):
        with pytest.raises(ValueError, match=anchor):
            replace(addition, anchor=anchor).apply(tmp_path)
    with pytest.raises(ValueError, match="no new file"):
        replace(addition, where="").apply(tmp_path)
