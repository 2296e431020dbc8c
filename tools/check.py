"""`make test`: everything that must hold before a change is taken, in one go.

The quick checks all run, so that one run tells all that they found; the tests run when they pass.
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
    "types": ("mypy",),
    "import rules": ("lint-imports",),
}
TESTS = ("pytest",)


def surroundings() -> dict[str, str]:
    """The project's own programs and Node come first; `functions` can be imported."""
    path = [str(BIN), str(ROOT / ".segue" / "bin"), os.environ.get("PATH", "")]
    source = os.pathsep.join([str(ROOT / "functions"), str(ROOT)])
    return {**os.environ, "PATH": os.pathsep.join(path), "PYTHONPATH": source}


def passes(name: str, command: tuple[str, ...]) -> bool:
    print(f"--- {name}: {' '.join(command)}", flush=True)
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=surroundings(), check=False)
    verdict = "failed" if done.returncode else "passed"
    print(f"--- {name} {verdict} in {time.monotonic() - started:.1f}s", flush=True)
    return not done.returncode


def main(arguments: list[str]) -> int:
    """0 when all is well. `--quick` leaves the tests out; other words are handed to pytest."""
    failed = [name for name, command in QUICK.items() if not passes(name, command)]
    if failed:
        print(f"{' and '.join(failed)} failed: mend that first, then the tests run.")
        return 1
    if "--quick" in arguments:
        return 0
    command = (*TESTS, *arguments)
    print(f"--- tests: {' '.join(command)}", flush=True)
    return subprocess.run(command, cwd=ROOT, env=surroundings(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
