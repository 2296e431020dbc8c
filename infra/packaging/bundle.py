"""A function's bundle: its folder, the hub modules it reaches, its libraries, its schemas.

Put together from what `infra.packaging.dependencies` installed, without Docker or network, into
`.segue/bundles/<target>/<function>/`; made anew only when something that goes into it changed.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra import ROOT, WORKSHOP
from infra.function_plans import PLANS, group_of
from infra.packaging import dependencies
from infra.packaging.bytecode import add_bytecode
from infra.packaging.dependencies import NotSetUpError, Target
from infra.packaging.hard_links import put
from infra.packaging.pruning import kept
from infra.packaging.reachable_modules import reached
from infra.packaging.zip_file import pack

SAMPLES = "samples"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder and the zip of it. `digest` is of its contents, whoever made it and when."""

    folder: Path
    archive: Path
    digest: str


def bundle(function: str, target: Target, root: Path = ROOT, shelf: Path = WORKSHOP) -> Bundle:
    """The function's bundle for `target`.

    Raises NotSetUpError when its source, its schemas or its installed libraries are missing.
    """
    contents = _contents(function, target, root)
    digest = _digest(contents, target)
    folder = shelf / "bundles" / target.name / function
    archive, mark = folder.with_suffix(".zip"), folder.with_suffix(".digest")
    with _turn(folder):
        if not (mark.is_file() and archive.is_file() and mark.read_text() == digest):
            mark.unlink(missing_ok=True)
            _assemble(contents, folder, target)
            pack(folder, archive, compressed=target.far)
            mark.write_text(digest)
    return Bundle(folder, archive, digest)


def _contents(function: str, target: Target, root: Path) -> dict[str, Path]:
    """Name in the bundle -> file it is taken from."""
    libraries = dependencies.folder(target, group_of(function))
    if not dependencies.ready(target, group_of(function)):
        raise NotSetUpError(
            f"the libraries of {function} for target {target.name} are not installed or are"
            f" behind their lock: run `make setup`"
        )
    return {
        **{str(name): libraries / name for name in kept(libraries, PLANS[function].services)},
        **_sources(function, root / "functions"),
        **_schemas(function, root),
    }


def _sources(function: str, functions: Path) -> Mapping[str, Path]:
    if not (functions / function / "handler.py").is_file():
        raise NotSetUpError(f"functions/{function}/handler.py is missing")
    files = {*reached(f"{function}.handler", functions), *(functions / function).glob("*.js")}
    return {str(path.relative_to(functions)): path for path in files}


def _schemas(function: str, root: Path) -> Mapping[str, Path]:
    parts = [root / "schemas" / part for part in PLANS[function].schemas]
    for part in parts:
        if not part.exists():
            raise NotSetUpError(f"{part.relative_to(root)} is missing, which {function} reads")
    files = {file for part in parts for file in (part, *part.rglob("*")) if file.is_file()}
    return {str(file.relative_to(root)): file for file in files if file.parent.name != SAMPLES}


def _digest(contents: Mapping[str, Path], target: Target) -> str:
    """Bytecode is not in it: what is compiled follows from the source and the version."""
    found = hashlib.sha256(f"{target.name} {target.python}".encode())
    for name in sorted(contents):
        found.update(name.encode() + hashlib.sha256(contents[name].read_bytes()).digest())
    return found.hexdigest()


def _assemble(contents: Mapping[str, Path], folder: Path, target: Target) -> None:
    """Libraries are linked, as nobody edits them; our own files are copied."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, source in contents.items():
        if source.is_relative_to(WORKSHOP):
            put(source, folder / name)
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    add_bytecode(folder, target.python)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One maker at a time, as `make run` and `make test` share a checkout."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
