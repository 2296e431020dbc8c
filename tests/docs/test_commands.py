"""Commands in the documentation are ones that exist. They are parsed and not carried out."""

import importlib.util
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import typer

from tests.docs.pages import list_blocks, list_code, list_pages
from tools.segue.command import GLOBAL_FLAGS, GLOBAL_OPTIONS, app, hoist_options
from tools.setup_commands import ROOT

OURS = ("segue ", "make ", ".venv/bin/segue ")
BETWEEN = {"|", "||", "&&", ";", ">", ">>", "<", "(", ")"}
TARGETS = set(
    re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
)


def list_lines() -> Iterator[tuple[str, str]]:
    """Where a command stands, and the command: `console` blocks have them behind `$ `."""
    for block in list_blocks("console", "", "sh", "bash"):
        for line in block.text.replace("\\\n", " ").splitlines():
            if block.language == "console" and line.startswith("$ "):
                yield str(block), line.removeprefix("$ ")
            elif block.language != "console" and line.startswith(OURS):
                yield str(block), line


def list_mentions() -> Iterator[tuple[str, str]]:
    """Where the text names a command, and its words: `segue explain`, `segue rollback NUMBER`."""
    for page in list_pages():
        for text in list_code(page):
            if text.startswith(OURS) and page.name != "CHANGELOG.md":
                yield page.relative_to(ROOT).as_posix(), text


LINES = sorted(set(list_lines()))
MENTIONS = sorted(set(list_mentions()))


def split_commands(line: str) -> Iterator[list[str]]:
    """The words of each command of a line, of a pipe or list of them."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = "#"
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word in BETWEEN:
            yield words
            words = []
        else:
            words.append(word)


@pytest.mark.parametrize(("place", "line"), LINES, ids=[f"{at}: {line}" for at, line in LINES])
def test_every_command_can_be_typed_as_it_stands(place: str, line: str) -> None:
    for words in split_commands(line):
        if fault := find_fault(words):
            pytest.fail(f"{place}: {line}: {fault}")


@pytest.mark.parametrize(("place", "text"), MENTIONS, ids=[f"{at}: {it}" for at, it in MENTIONS])
def test_every_command_that_is_named_exists(place: str, text: str) -> None:
    if fault := find_fault(text.split(), whole=False):
        pytest.fail(f"{place}: {text}: {fault}")


def find_fault(words: Sequence[str], *, whole: bool = True) -> str | None:
    """Why it is no command of ours; None for one that is, and for those of others.

    A command that is not `whole` may lack its arguments or have placeholders for them.
    """
    match list(words):
        case ["segue" | ".venv/bin/segue", *arguments]:
            return find_usage_fault(arguments, whole=whole)
        case ["make", *targets]:
            return next((f"no target {name}" for name in targets if name not in TARGETS), None)
        case [python, "-m", module, *_] if python.endswith("python"):
            return None if importlib.util.find_spec(module) else f"no module {module}"
        case _:
            return None


def find_usage_fault(arguments: Sequence[str], *, whole: bool) -> str | None:
    """What the command line would say against these arguments, without running anything."""
    words = hoist_options(arguments)
    while words and words[0].startswith("-"):
        name = words.pop(0)
        if name in GLOBAL_OPTIONS and words:
            words.pop(0)
        elif name not in (*GLOBAL_FLAGS, "--help"):
            return f"no option {name}"
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands") and words:
        name = words.pop(0)
        if name not in command.commands:
            return f"no command {name}"
        command = command.commands[name]
    if "--help" in words or hasattr(command, "commands"):
        return None
    return find_parse_fault(command, words) if whole else find_unknown_option(command, words)


def find_parse_fault(command: Any, words: list[str]) -> str | None:
    try:
        command.make_context(command.name, words)
    except Exception as wrong:  # noqa: BLE001 typer has no public name for a usage error
        return f"{type(wrong).__name__} {wrong}"
    return None


def find_unknown_option(command: Any, words: list[str]) -> str | None:
    known = {*GLOBAL_FLAGS, *(name for parameter in command.params for name in parameter.opts)}
    named = [word.strip("[]").split("=")[0] for word in words]
    return next((f"no option {n}" for n in named if n.startswith("--") and n not in known), None)


@pytest.mark.parametrize(
    "line",
    ["segue nothing", "segue send shop", "segue explain ann --lst 3", "make nothing", "segue --x"],
)
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    assert find_fault(shlex.split(line))


def test_an_option_that_does_not_exist_is_found_in_a_mention() -> None:
    assert find_fault(["segue", "rollback", "NUMBER", "--force"], whole=False)


@pytest.mark.parametrize("line", ["segue dlq", "segue --json balance", "segue tail --stack X"])
def test_a_command_that_exists_is_taken(line: str) -> None:
    assert find_fault(shlex.split(line)) is None
