"""What set-up uses: quiet commands, and stamps that say what a folder was made from.

Standard library only, and readable by old Pythons, so that the user learns that theirs is too old.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILD_FOLDER = ROOT / ".segue"
STAMP = "segue-stamp"
STARTED = time.monotonic()


class SetUpFailedError(Exception):
    """Set-up failed. The text is one sentence for the user."""


def report(line: str) -> None:
    print(f"[{time.monotonic() - STARTED:6.1f}s] {line}", flush=True)


def run(*command: str | Path, cwd: Path = ROOT, path: Path | None = None) -> None:
    """Run a command quietly. Its output is shown if it fails. Raises SetUpFailedError."""
    environment = dict(os.environ)
    environment.pop("VIRTUAL_ENV", None)
    if path:
        environment["PATH"] = f"{path}{os.pathsep}{environment['PATH']}"
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        cwd=cwd,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise SetUpFailedError(f"this command failed: {shlex.join(words)}")


def compute_stamp(*locks: Path) -> str:
    """Return a stamp that changes with the locks, the interpreter and the place of the checkout."""
    facts = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    for lock in locks:
        if not lock.is_file():
            raise SetUpFailedError(f"{lock.relative_to(ROOT)} is missing: `make lock` writes it.")
        facts.update(lock.read_bytes())
    return facts.hexdigest()


def is_current(folder: Path, stamp: str) -> bool:
    mark = folder / STAMP
    return mark.is_file() and mark.read_text() == stamp


def can_run(program: Path) -> bool:
    """Return whether it starts here. It does not after the checkout moved or Python was removed."""
    try:
        shown = subprocess.run([program, "--version"], check=False, capture_output=True, text=True)
    except OSError:
        return False
    wanted = f"Python {sys.version_info.major}.{sys.version_info.minor}."
    return not shown.returncode and (program != PYTHON or shown.stdout.startswith(wanted))
