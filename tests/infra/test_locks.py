"""The locks: every version pinned by hash, the same one everywhere, from no place in particular."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from infra import ROOT
from infra.function_plans import PLANS, to_dependency_group
from tools.lock import INDEPENDENT_GROUPS, NODE_PROGRAMS, list_groups

LOCKS = ROOT / "requirements"
PIN = re.compile(r"([a-z0-9-]+)==([^ ;]+)")


def pins(group: str) -> dict[str, str]:
    lines = (LOCKS / f"{group}.txt").read_text().splitlines()
    return {found[1]: found[2] for line in lines if (found := PIN.match(line))}


def test_every_function_has_a_group_and_a_lock() -> None:
    assert {to_dependency_group(function) for function in PLANS} <= set(list_groups())


@pytest.mark.parametrize("group", list_groups())
def test_every_pin_has_hashes_and_no_registry(group: str) -> None:
    text = (LOCKS / f"{group}.txt").read_text()
    requirements = text.replace("\\\n", "").splitlines()
    assert requirements
    for line in requirements:
        assert PIN.match(line), line
        assert "--hash=sha256:" in line, line
    assert "://" not in text
    assert str(Path.home()) not in text


@pytest.mark.parametrize("group", sorted(set(list_groups()) - set(INDEPENDENT_GROUPS)))
def test_what_is_deployed_is_what_was_tested(group: str) -> None:
    assert pins(group).items() <= pins("dev").items()


def test_the_cdk_can_read_what_the_library_writes() -> None:
    text = (LOCKS / "cdk" / "package-lock.json").read_text()
    assert json.loads(text)["packages"]["node_modules/aws-cdk"]["version"].startswith("2.")


@pytest.mark.parametrize("program", NODE_PROGRAMS)
def test_every_node_package_is_pinned_by_its_content(program: str) -> None:
    text = (LOCKS / program / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    for place, package in packages.items():
        assert not place or package["integrity"].startswith("sha512-"), place
    assert "://" not in text


def test_every_group_is_named_for_what_it_serves() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert set(list_groups()) | {"every-function"} == set(declared)
