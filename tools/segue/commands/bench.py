"""`segue bench`: how fast and how good the hub is, beside others."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from tests.bench import ON_A_HUB, PARTS
from tools.bootstrap import create_environment
from tools.segue import render
from tools.segue.local_home import UserError
from tools.segue.session import get_session
from tools.setup_commands import ROOT

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PART]... [--json FILE]", help=f"All, or of: {', '.join(PARTS)}."),
]


def add_commands(app: typer.Typer) -> None:
    app.command()(bench)


def bench(context: typer.Context, words: Words = None) -> None:
    """Measure the hub beside others; FILE keeps the figures, and those of other parts in it."""
    session = get_session(context)
    files = [word for word in words or () if word.endswith(".json")]
    asked = [word for word in words or () if word not in files]
    if unknown := sorted(set(asked) - set(PARTS)):
        raise UserError(f"There is no part {unknown[0]!r}: it is one of {', '.join(PARTS)}.")
    figures: dict[str, float] = {}
    for python, parts in choose_interpreters(asked or list(PARTS)).items():
        figures |= run_bench(python, parts, files[-1:])
    shown = render.build_table(
        ("figure", ""), ((name, f"{value:g}") for name, value in figures.items())
    )
    session.screen.show(shown, figures)


def choose_interpreters(asked: list[str]) -> dict[Path, list[str]]:
    """The environment of the peers, so that nothing of theirs is ever in ours; for parts that start
    a hub, our own."""
    beside = [part for part in asked if part not in ON_A_HUB]
    ours = [part for part in asked if part in ON_A_HUB]
    found = {create_environment("bench") / "bin" / "python": beside} if beside else {}
    return found | ({Path(sys.executable): ours} if ours else {})


def run_bench(python: Path, asked: list[str], files: list[str]) -> dict[str, float]:
    kept = [word for file in files for word in ("--json", str(Path(file).resolve()))]
    source = os.pathsep.join((str(ROOT / "functions"), str(ROOT)))
    done = subprocess.run(
        [python, "-m", "tests.bench", *asked, *kept],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": source},
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise UserError("The bench did not get to its end: what stopped it stands above.")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures
