"""`make test`: everything that has to pass before a change is taken.

All quick checks run, so that one run shows all their problems. The tests run if they pass. Types
are checked at the same time as the tests, which often wait.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
QUICK = {
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "import rules": ("lint-imports",),
}
TYPES = ("mypy",)
TESTS = ("pytest", "--numprocesses=2", "--dist=loadscope")


def build_environment() -> dict[str, str]:
    """Return the environment: the project's own programs first, and `functions` importable."""
    path = [str(BIN), str(ROOT / ".segue" / "bin"), os.environ.get("PATH", "")]
    source = os.pathsep.join([str(ROOT / "functions"), str(ROOT)])
    return {**os.environ, "PATH": os.pathsep.join(path), "PYTHONPATH": source}


class Check:
    """A running program, and whether it succeeded."""

    def __init__(self, name: str, command: tuple[str, ...]) -> None:
        print(f"--- {name}: {' '.join(command)}", flush=True)
        self._name, self._started = name, time.monotonic()
        self._running = subprocess.Popen(command, cwd=ROOT, env=build_environment())

    def passes(self) -> bool:
        failed = self._running.wait()
        verdict = "failed" if failed else "passed"
        print(f"--- {self._name} {verdict} in {time.monotonic() - self._started:.1f}s", flush=True)
        return not failed


def main(arguments: list[str]) -> int:
    """Return 0 if all passed. `--quick` runs no tests; other words go to pytest."""
    quick = "--quick" in arguments
    checks = QUICK | ({"types": TYPES} if quick else {})
    if failed := [name for name, command in checks.items() if not Check(name, command).passes()]:
        print(f"{' and '.join(failed)} failed: fix that first, then the tests run.")
        return 1
    if quick:
        return 0
    types = Check("types", TYPES)
    tests = Check("tests", (*TESTS, *arguments))
    return 0 if all([types.passes(), tests.passes()]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
