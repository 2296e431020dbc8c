"""The functions' libraries, installed beforehand for where they will run: synth needs no network.

`python -m infra.packaging.dependencies host account` reads the locks and fills
`.segue/wheels/<target>/<group>`; a second run finds the stamps of the same locks and does nothing.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra import ROOT, WORKSHOP
from infra.function_plans import PLANS, group_of

RUNTIME = (3, 13)
STAMP = ".stamp"


class NotSetUpError(Exception):
    """Something that synth only reads has not been prepared; the text says by what it is."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a bundle is made to run on. `python` is the interpreter's version there.

    `choice` is how `uv` is told of it; `far`: whether a bundle has a long way to go.
    """

    name: str
    python: tuple[int, int]
    choice: tuple[str, ...]
    far: bool = False

    @property
    def facts(self) -> str:
        return " ".join((self.name, *map(str, self.python), *self.choice))


_ARM = ("--python-platform", "aarch64-manylinux_2_28", "--python-version", "3.13")
ACCOUNT = Target("account", RUNTIME, _ARM, far=True)
# The emulator's workers run on the interpreter that made its environment, which is this one.
HOST = Target("host", sys.version_info[:2], ("--python", sys.executable))


def folder(target: Target, group: str) -> Path:
    """Where a group's libraries lie once installed."""
    return WORKSHOP / "wheels" / target.name / group


def stamp(target: Target, group: str) -> str:
    """Changes with the lock and with what it is installed for."""
    lock = ROOT / "requirements" / f"{group}.txt"
    if not lock.is_file():
        raise NotSetUpError(f"requirements/{group}.txt is missing: run `make lock`")
    return hashlib.sha256(target.facts.encode() + lock.read_bytes()).hexdigest()


def ready(target: Target, group: str) -> bool:
    """Whether the libraries of this very lock are in place."""
    mark = folder(target, group) / STAMP
    return mark.is_file() and mark.read_text() == stamp(target, group)


def install(target: Target, group: str) -> None:
    """Install one group, whole or not at all: it is made aside and moved into place."""
    place = folder(target, group)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{group}-") as aside:
        made = Path(aside) / group
        command = _command(target, group, made)
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  our own words only
        (made / STAMP).write_text(stamp(target, group))
        shutil.rmtree(place, ignore_errors=True)
        made.rename(place)


def _command(target: Target, group: str, place: Path) -> list[str]:
    beside = Path(sys.executable).with_name("uv")
    return [
        *(str(beside) if beside.exists() else "uv", "pip", "install", "--quiet"),
        *("--target", str(place), "--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *(*target.choice, "-r", f"requirements/{group}.txt"),
    ]


def main(names: list[str]) -> None:
    """Install what is not there yet, for each target named."""
    for target in (known for known in (HOST, ACCOUNT) if known.name in names):
        missing = [group for group in map(group_of, PLANS) if not ready(target, group)]
        for group in missing:
            install(target, group)
        sys.stdout.write(f"libraries for {target.name}: {len(missing)} installed\n")


if __name__ == "__main__":
    main(sys.argv[1:] or [HOST.name, ACCOUNT.name])
