"""The guard and `decide` take themselves for one release, and only for the same code."""

import sys

from hub.adapters import release as module
from hub.adapters.release import release
from infra import ROOT
from infra.imports import reached


def shaping(function: str) -> set[str]:
    """What a bundle has of the files that make the name of a release."""
    domain = ROOT / "functions" / "hub" / "domain"
    files = {file for pattern in module._SHAPING for file in domain.glob(pattern)}
    return {path.name for path in reached(f"{function}.handler", ROOT / "functions") & files}


def test_the_guard_packs_for_the_decide_of_its_own_release() -> None:
    assert shaping("guard_catalogue") == shaping("decide")
    assert "build.py" in shaping("decide")


def test_every_pattern_finds_a_file() -> None:
    domain = ROOT / "functions" / "hub" / "domain"
    assert [p for p in module._SHAPING if not list(domain.glob(p))] == []


def test_the_name_tells_the_interpreter() -> None:
    assert release().startswith(f"{sys.implementation.cache_tag}-")
