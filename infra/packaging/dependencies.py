"""Installs the libraries of the functions for the place where they run, so synth needs no network.

`python -m infra.packaging.dependencies host account` reads the locks and fills
`.segue/wheels/<target>/<group>`. A second run finds the stamps of the same locks and does nothing.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra import BUILD_FOLDER, ROOT
from infra.function_plans import PLANS, to_dependency_group

RUNTIME = (3, 13)
STAMP = ".stamp"


class NotSetUpError(Exception):
    """Something that synth reads is not prepared. The text says which command prepares it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a bundle runs. `python` is the interpreter's version there.

    `uv_options` tell `uv` so. `is_remote`: the bundle is uploaded.
    """

    name: str
    python: tuple[int, int]
    uv_options: tuple[str, ...]
    is_remote: bool = False

    @property
    def description(self) -> str:
        return " ".join((self.name, *map(str, self.python), *self.uv_options))


_ARM = ("--python-platform", "aarch64-manylinux_2_28", "--python-version", "3.13")
ACCOUNT = Target("account", RUNTIME, _ARM, is_remote=True)
# The emulator's workers run on the interpreter that made its environment: this one.
HOST = Target("host", sys.version_info[:2], ("--python", sys.executable))


def group_folder(target: Target, group: str) -> Path:
    """Return the folder of the installed libraries of a group."""
    return BUILD_FOLDER / "wheels" / target.name / group


def compute_stamp(target: Target, group: str) -> str:
    """Return a stamp that changes with the lock and with the target. Raises NotSetUpError."""
    lock = ROOT / "requirements" / f"{group}.txt"
    if not lock.is_file():
        raise NotSetUpError(f"requirements/{group}.txt is missing: run `make lock`")
    return hashlib.sha256(target.description.encode() + lock.read_bytes()).hexdigest()


def is_installed(target: Target, group: str) -> bool:
    """Return whether the libraries of exactly this lock are installed."""
    mark = group_folder(target, group) / STAMP
    return mark.is_file() and mark.read_text() == compute_stamp(target, group)


def install(target: Target, group: str) -> None:
    """Install one group, completely or not at all: in a temporary folder that is then moved."""
    place = group_folder(target, group)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{group}-") as aside:
        aside_folder = Path(aside) / group
        command = _build_command(target, group, aside_folder)
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  our own words only
        (aside_folder / STAMP).write_text(compute_stamp(target, group))
        shutil.rmtree(place, ignore_errors=True)
        aside_folder.rename(place)


def _build_command(target: Target, group: str, place: Path) -> list[str]:
    beside = Path(sys.executable).with_name("uv")
    return [
        *(str(beside) if beside.exists() else "uv", "pip", "install", "--quiet"),
        *("--target", str(place), "--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *(*target.uv_options, "-r", f"requirements/{group}.txt"),
    ]


def main(names: list[str]) -> None:
    """Install what is missing for each target named."""
    for target in (target for target in (HOST, ACCOUNT) if target.name in names):
        missing = [
            group for group in map(to_dependency_group, PLANS) if not is_installed(target, group)
        ]
        for group in missing:
            install(target, group)
        sys.stdout.write(f"libraries for {target.name}: {len(missing)} installed\n")


if __name__ == "__main__":
    main(sys.argv[1:] or [HOST.name, ACCOUNT.name])
