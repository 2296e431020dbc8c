"""A function's bundle: its folder, the hub modules it imports, its libraries, its schemas.

It is assembled from the libraries that `infra.packaging.dependencies` installed, without Docker or
network, in `.segue/bundles/<target>/<function>/`, and only when something in it has changed.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra import BUILD_FOLDER, ROOT
from infra.function_plans import PLANS, to_dependency_group
from infra.packaging import dependencies
from infra.packaging.bytecode import add_bytecode
from infra.packaging.dependencies import NotSetUpError, Target
from infra.packaging.hard_links import link_or_copy
from infra.packaging.needed_files import list_needed_files
from infra.packaging.reachable_modules import find_reachable_files
from infra.packaging.zip_file import write_zip

SAMPLES = "samples"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A folder and its zip. `digest` depends on the contents only, not on who made it or when."""

    folder: Path
    archive: Path
    digest: str


def build_bundle(
    function: str, target: Target, root: Path = ROOT, build_folder: Path = BUILD_FOLDER
) -> Bundle:
    """Assemble the function's bundle for `target`.

    Raises NotSetUpError when its source, its schemas or its installed libraries are missing.
    """
    contents = _list_contents(function, target, root)
    digest = _compute_digest(contents, target)
    folder = build_folder / "bundles" / target.name / function
    archive, mark = folder.with_suffix(".zip"), folder.with_suffix(".digest")
    with _lock(folder):
        if not (mark.is_file() and archive.is_file() and mark.read_text() == digest):
            mark.unlink(missing_ok=True)
            _assemble(contents, folder, target)
            write_zip(folder, archive, compressed=target.is_remote)
            mark.write_text(digest)
    return Bundle(folder, archive, digest)


def _list_contents(function: str, target: Target, root: Path) -> dict[str, Path]:
    """Return name in the bundle -> file to copy."""
    libraries = dependencies.group_folder(target, to_dependency_group(function))
    if not dependencies.is_installed(target, to_dependency_group(function)):
        raise NotSetUpError(
            f"the libraries of {function} for target {target.name} are not installed or are"
            f" behind their lock: run `make setup`"
        )
    return {
        **{
            str(name): libraries / name
            for name in list_needed_files(libraries, PLANS[function].services)
        },
        **_list_sources(function, root / "functions"),
        **_list_schemas(function, root),
    }


def _list_sources(function: str, functions: Path) -> Mapping[str, Path]:
    if not (functions / function / "handler.py").is_file():
        raise NotSetUpError(f"functions/{function}/handler.py is missing")
    files = {
        *find_reachable_files(f"{function}.handler", functions),
        *(functions / function).glob("*.js"),
    }
    return {str(path.relative_to(functions)): path for path in files}


def _list_schemas(function: str, root: Path) -> Mapping[str, Path]:
    parts = [root / "schemas" / part for part in PLANS[function].schemas]
    for part in parts:
        if not part.exists():
            raise NotSetUpError(f"{part.relative_to(root)} is missing, which {function} reads")
    files = {file for part in parts for file in (part, *part.rglob("*")) if file.is_file()}
    return {str(file.relative_to(root)): file for file in files if file.parent.name != SAMPLES}


def _compute_digest(contents: Mapping[str, Path], target: Target) -> str:
    """Return the digest. Bytecode is left out: source and version determine it."""
    digest = hashlib.sha256(f"{target.name} {target.python}".encode())
    for name in sorted(contents):
        digest.update(name.encode() + hashlib.sha256(contents[name].read_bytes()).digest())
    return digest.hexdigest()


def _assemble(contents: Mapping[str, Path], folder: Path, target: Target) -> None:
    """Fill the folder. Libraries are linked, since nobody edits them; our own files are copied."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, source in contents.items():
        if source.is_relative_to(BUILD_FOLDER):
            link_or_copy(source, folder / name)
        else:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
    add_bytecode(folder, target.python)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one process at a time assemble, since `make run` and `make test` share a checkout."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
