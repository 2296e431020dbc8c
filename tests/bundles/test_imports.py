"""Which modules a bundle takes: those that can be reached, and no other."""

from pathlib import Path

import pytest

from infra.packaging.reachable_modules import find_reachable_files

MODULES = {
    "decide/__init__.py": "",
    "decide/handler.py": "from hub.steps.decide import decide",
    "hub/__init__.py": "",
    "hub/ports.py": "",
    "hub/steps/__init__.py": "",
    "hub/steps/decide.py": "from . import pace\nfrom ..domain import event\nimport json",
    "hub/steps/pace.py": "def go():\n    import hub.domain.later",
    "hub/steps/other.py": "",
    "hub/domain/__init__.py": "from hub.domain import always",
    "hub/domain/always.py": "",
    "hub/domain/event.py": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import hub.ports\n"
        "else:\n    import hub.domain.runtime"
    ),
    "hub/domain/runtime.py": "import hub.domain.event",
    "hub/domain/later.py": "",
    "learn/handler.py": "import hub.steps.other",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, text in MODULES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_function_takes_what_it_reaches_in_any_way_of_writing_it(source: Path) -> None:
    found = {
        path.relative_to(source).as_posix()
        for path in find_reachable_files("decide.handler", source)
    }
    never = {"hub/ports.py", "hub/steps/other.py", "learn/handler.py"}
    assert found == MODULES.keys() - never


def test_a_foreign_module_is_not_followed(source: Path) -> None:
    assert find_reachable_files("json", source) == frozenset()
