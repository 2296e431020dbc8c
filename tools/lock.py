"""Write the locks under `requirements/`: one for each dependency group, universal, with hashes.

`dev` is solved first and fixes the versions of every function's group, so that a bundle contains
what the tests used. No lock names an index or a path, so it installs from any mirror.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
NODE_PROGRAMS = ("cdk", "clients")
REGISTRY_FIELDS = ("funding", "resolved")
OLDEST_PYTHON = "3.11"
# These have environments of their own and need not agree with `dev`.
INDEPENDENT_GROUPS = ("bench", "ministack", "node", "setup")


def list_groups() -> list[str]:
    """Return the dependency groups, `dev` first, without `every-function`, which others include."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return ["dev", *sorted(set(declared) - {"dev", "every-function"})]


def build_command(group: str, *, upgrade: bool = False) -> list[str]:
    """Return the `uv` command for a group, with relative paths, so that the lock has none."""
    held = group != "dev" and group not in INDEPENDENT_GROUPS
    return [
        *("uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
        *("--no-header", "--no-annotate", "--python-version", OLDEST_PYTHON),
        *("--group", f"pyproject.toml:{group}", "--output-file", f"requirements/{group}.txt"),
        *(("--constraints", "requirements/dev.txt") if held else ()),
        *(("--upgrade",) if upgrade else ()),
    ]


def find_uv() -> str:
    """Return the `uv` beside the running interpreter, else the one on the path."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else "uv"


def lock_group(group: str, *, upgrade: bool) -> None:
    """Solve one group. Locked versions stay unless `upgrade` asks for newer ones."""
    _, *arguments = build_command(group, upgrade=upgrade)
    subprocess.run([find_uv(), *arguments], cwd=ROOT, check=True)
    print(f"requirements/{group}.txt")


def remove_registry(lock: object) -> object:
    """Remove addresses from the npm lock. Its hashes pin the content, wherever it comes from."""
    if isinstance(lock, dict):
        return {key: remove_registry(v) for key, v in lock.items() if key not in REGISTRY_FIELDS}
    return lock


def lock_node(name: str) -> None:
    """Solve a Node program with npm, if there is one: the CDK or the clients of the tests."""
    if shutil.which("npm") is None:
        print(f"requirements/{name} left as it is: no npm on this machine")
        return
    npm = ["npm", "install", "--package-lock-only", "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(npm, cwd=LOCKS / name, check=True, stdout=subprocess.DEVNULL)
    path = LOCKS / name / "package-lock.json"
    path.write_text(json.dumps(remove_registry(json.loads(path.read_text())), indent=2) + "\n")
    print(f"requirements/{name}/package-lock.json")


def main() -> None:
    """Lock everything: `python tools/lock.py [--upgrade]`."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    upgrade = parser.parse_args().upgrade
    for group in list_groups():
        lock_group(group, upgrade=upgrade)
    for name in NODE_PROGRAMS:
        lock_node(name)


if __name__ == "__main__":
    main()
