"""One freshly deployed hub for all end-to-end tests, on a port of its own, ended afterwards."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tools.day.hub_driver import HubDriver
from tools.day.steps import load_rows, sign_up
from tools.segue.command import main
from tools.segue.hub import Hub
from tools.segue.local_home import Home
from tools.segue.local_hub import start_hub, stop_hub
from tools.segue.screen import Screen


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = Home(tmp_path_factory.mktemp("hub"))
    yield folder
    stop_hub(folder, _silent())


@pytest.fixture(scope="session")
def hub(home: Home) -> Hub:
    return start_hub(home, _silent(), port=0)


@pytest.fixture(scope="session")
def driver(hub: Hub, home: Home) -> HubDriver:
    """The retail example is loaded, Ann and Bernd have signed up. What holds is printed, for
    whoever reads a failure."""
    driver = HubDriver(hub, home.read()["call_centre"], "e2e", Console(force_terminal=False))
    load_rows(driver)
    sign_up(driver)
    return driver


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Its output, of `--json`."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Segue:
    """The command as a person types it, about this hub. It runs in this process: to start Python
    anew would take longer than most commands do."""

    home: Home

    def __call__(self, *words: str | Path, stdin: str = "") -> Said:
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err), _typed(stdin):
            code = main(self.arguments(*words))
        return Said(code, out.getvalue(), err.getvalue())

    def arguments(self, *words: str | Path) -> list[str]:
        return ["--home", str(self.home.folder), *map(str, words)]


@contextmanager
def _typed(text: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, TextIOWrapper(BytesIO(text.encode()))
    try:
        yield
    finally:
        sys.stdin = before


@pytest.fixture(scope="session")
def segue(hub: Hub, home: Home) -> Segue:  # noqa: ARG001 the hub must be up
    return Segue(home)


def _silent() -> Screen:
    nowhere = Console(quiet=True)
    return Screen(out=nowhere, progress=nowhere)
