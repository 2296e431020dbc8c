"""Write the locks under `requirements/`: one a dependency group, universal, pinned by hash.

`dev` is solved first and holds every function's group to its versions, so that what the tests run
on is what a bundle carries. No index or path appears in a lock: it installs from any mirror.
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
# These live in environments of their own and owe `dev` nothing.
INDEPENDENT_GROUPS = ("bench", "ministack", "node", "setup")


def list_groups() -> list[str]:
    """Every dependency group, `dev` first; `every-function` is only ever included in others."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return ["dev", *sorted(set(declared) - {"dev", "every-function"})]


def build_command(group: str, *, upgrade: bool = False) -> list[str]:
    """The `uv` call for one group, relative to the repository so that no path is written."""
    held = group != "dev" and group not in INDEPENDENT_GROUPS
    return [
        *("uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"),
        *("--no-header", "--no-annotate", "--python-version", OLDEST_PYTHON),
        *("--group", f"pyproject.toml:{group}", "--output-file", f"requirements/{group}.txt"),
        *(("--constraints", "requirements/dev.txt") if held else ()),
        *(("--upgrade",) if upgrade else ()),
    ]


def find_uv() -> str:
    """The `uv` beside the running interpreter, else the one on the path."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else "uv"


def lock_group(group: str, *, upgrade: bool) -> None:
    """Solve one group; versions already locked stay unless `upgrade` asks for newer ones."""
    _, *arguments = build_command(group, upgrade=upgrade)
    subprocess.run([find_uv(), *arguments], cwd=ROOT, check=True)
    print(f"requirements/{group}.txt")


def remove_registry(lock: object) -> object:
    """The npm lock without addresses: integrity hashes pin the content, wherever it is kept."""
    if isinstance(lock, dict):
        return {key: remove_registry(v) for key, v in lock.items() if key not in REGISTRY_FIELDS}
    return lock


def lock_node(name: str) -> None:
    """Solve what runs on Node with npm, where there is one: the CDK, the tests' clients."""
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
