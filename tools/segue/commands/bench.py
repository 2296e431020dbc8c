"""`segue bench`: how fast and how good the hub is, compared with others."""

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
    """Measure the hub beside others. FILE stores the figures and keeps those of other parts."""
    session = get_session(context)
    files = [word for word in words or () if word.endswith(".json")]
    chosen = [word for word in words or () if word not in files]
    if unknown := sorted(set(chosen) - set(PARTS)):
        raise UserError(f"There is no part {unknown[0]!r}: it is one of {', '.join(PARTS)}.")
    figures: dict[str, float] = {}
    for python, parts in choose_interpreters(chosen or list(PARTS)).items():
        figures |= run_bench(python, parts, files[-1:])
    table = render.build_table(
        ("figure", ""), ((name, f"{value:g}") for name, value in figures.items())
    )
    session.screen.show(table, figures)


def choose_interpreters(chosen: list[str]) -> dict[Path, list[str]]:
    """Return interpreter -> parts.

    Peers have an environment of their own, so that none of their libraries is in ours. Parts that
    start a hub use ours.
    """
    beside = [part for part in chosen if part not in ON_A_HUB]
    ours = [part for part in chosen if part in ON_A_HUB]
    interpreters = {create_environment("bench") / "bin" / "python": beside} if beside else {}
    return interpreters | ({Path(sys.executable): ours} if ours else {})


def run_bench(python: Path, chosen: list[str], files: list[str]) -> dict[str, float]:
    kept = [word for file in files for word in ("--json", str(Path(file).resolve()))]
    source = os.pathsep.join((str(ROOT / "functions"), str(ROOT)))
    process = subprocess.run(
        [python, "-m", "tests.bench", *chosen, *kept],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": source},
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if process.returncode:
        raise UserError("The bench failed. The reason is above.")
    figures: dict[str, float] = json.loads(process.stdout)
    return figures
