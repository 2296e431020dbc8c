"""Limits that keep the hub readable. `python -m tools.structure --names` shows the figures."""

import pytest

from tools.structure import (
    ROOT,
    count_lines_by_context,
    count_modules_by_folder,
    find_lone_gerunds,
    find_participle_functions,
    is_participle,
    list_modules,
)

MODULES = list_modules()
LONGEST_README = 150
NAMED_BY_MARKETERS = {
    "expression/domain/history.py: seen",
    "expression/domain/text_functions.py: known",
}
"""Functions of the condition language are called as marketers write them."""


def test_the_hub_is_found() -> None:
    assert len(MODULES) > 300


def test_no_folder_holds_more_than_25_modules() -> None:
    assert {f: n for f, n in count_modules_by_folder(MODULES).items() if n > 25} == {}


def test_no_context_holds_more_than_15_percent_of_the_lines() -> None:
    lines = count_lines_by_context(MODULES)
    whole = lines.total()
    assert {context: n for context, n in lines.items() if n > 0.15 * whole} == {}


def test_no_module_is_named_by_a_lone_gerund() -> None:
    assert list(find_lone_gerunds(MODULES)) == ["decisioning/domain/ranking.py"]


def test_no_function_is_named_by_a_participle() -> None:
    assert set(find_participle_functions(MODULES)) <= NAMED_BY_MARKETERS


def test_any_is_used_at_most_once_per_100_lines() -> None:
    lines = sum(module.lines for module in MODULES)
    assert 100 * sum(module.any_count for module in MODULES) / lines <= 1.0


@pytest.mark.parametrize("word", ["told", "marked", "following", "withdrawn", "known"])
def test_a_participle_is_recognised(word: str) -> None:
    assert is_participle(word)


@pytest.mark.parametrize("word", ["open", "needs", "string", "read", "count", "embed"])
def test_another_word_is_not(word: str) -> None:
    assert not is_participle(word)


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= LONGEST_README
