"""One freshly deployed hub for all end-to-end tests, on a port of its own, ended afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tools.day.acts import load_the_score, sign_up
from tools.day.stage import Stage
from tools.segue.home import ROOT, Home
from tools.segue.hub import Hub
from tools.segue.local import stop, up
from tools.segue.screen import Screen


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = Home(tmp_path_factory.mktemp("hub"))
    yield folder
    stop(folder, _silent())


@pytest.fixture(scope="session")
def hub(home: Home) -> Hub:
    return up(home, _silent(), port=0)


@pytest.fixture(scope="session")
def stage(hub: Hub, home: Home) -> Stage:
    """The retail example is loaded, Ann and Bernd have signed up. What holds is printed, for
    whoever reads a failure."""
    stage = Stage(hub, home.read()["call_centre"], "e2e", Console(force_terminal=False))
    load_the_score(stage)
    sign_up(stage)
    return stage


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
    """The command as a person runs it, on this hub."""

    environment: Mapping[str, str]

    def __call__(self, *words: str | Path, stdin: str = "") -> Said:
        ran = subprocess.run(  # noqa: S603 our own command
            [sys.executable, "-m", "tools.segue", *map(str, words)],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        return Said(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture(scope="session")
def segue(hub: Hub, home: Home) -> Segue:  # noqa: ARG001 the hub must be up
    paths = os.pathsep.join([str(ROOT / "functions"), str(ROOT)])
    return Segue({**os.environ, "SEGUE_HOME": str(home.folder), "PYTHONPATH": paths})


def _silent() -> Screen:
    nowhere = Console(quiet=True)
    return Screen(out=nowhere, progress=nowhere)
