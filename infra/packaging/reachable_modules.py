"""Which of our own modules a function can import, read from the source without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path


def find_reachable_files(entry: str, root: Path) -> frozenset[Path]:
    """Return the files under `root` that importing module `entry` may load, packages included.

    Imports inside functions count, because they run some day. Imports for type checkers do not.
    """
    files: set[Path] = set()
    waiting = [entry]
    while waiting:
        for path in _list_files(waiting.pop(), root):
            if path not in files:
                files.add(path)
                waiting.extend(list_imports(path, root))
    return frozenset(files)


def _list_files(module: str, root: Path) -> Iterator[Path]:
    """Yield the files of the packages around a module, and its own. A foreign module has none."""
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:depth])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path


def list_imports(path: Path, root: Path) -> Iterator[str]:
    """Yield the absolute names that a file imports at any time."""
    package = path.parent.relative_to(root).parts
    for node in _walk_runtime_nodes(ast.parse(path.read_bytes(), str(path))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(names=names):
                origin = _resolve_origin(node, package)
                yield origin
                yield from (f"{origin}.{name.name}" for name in names)


def _resolve_origin(node: ast.ImportFrom, package: tuple[str, ...]) -> str:
    """Return the absolute name of the module in a `from ... import`."""
    above = package[: len(package) - node.level + 1] if node.level else ()
    return ".".join((*above, *filter(None, [node.module])))


def _walk_runtime_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every node except the bodies of `if TYPE_CHECKING:`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and _is_for_types_only(node.test):
            for other in node.orelse:
                yield from (other, *_walk_runtime_nodes(other))
        else:
            yield from (node, *_walk_runtime_nodes(node))


def _is_for_types_only(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))
