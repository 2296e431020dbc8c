"""The publisher and `decide` agree on the release, and only for the same code."""

import sys

from hub.catalogue.adapters import release as module
from hub.catalogue.adapters.release import release_name
from infra import ROOT
from infra.packaging.reachable_modules import find_reachable_files


def shaping(function: str) -> set[str]:
    """What a bundle has of the files that make the name of a release."""
    hub = ROOT / "functions" / "hub"
    files = {file for pattern in module._COMPILER_SOURCES for file in hub.glob(pattern)}
    return {
        path.name
        for path in find_reachable_files(f"{function}.handler", ROOT / "functions") & files
    }


def test_the_publisher_compiles_for_decide_of_its_own_release() -> None:
    assert shaping("guard_catalogue") == shaping("decide")
    assert "builder.py" in shaping("decide")


def test_every_pattern_finds_a_file() -> None:
    hub = ROOT / "functions" / "hub"
    assert [p for p in module._COMPILER_SOURCES if not list(hub.glob(p))] == []


def test_the_release_names_the_interpreter() -> None:
    assert release_name().startswith(f"{sys.implementation.cache_tag}-")
