"""Which of our own modules a function can reach, read from the source without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path


def reached(entry: str, root: Path) -> frozenset[Path]:
    """The files under `root` that importing module `entry` may load, packages' own included.

    Imports inside functions count, as they run one day; those for type checkers only do not.
    """
    found: set[Path] = set()
    waiting = [entry]
    while waiting:
        for path in _files(waiting.pop(), root):
            if path not in found:
                found.add(path)
                waiting.extend(imported(path, root))
    return frozenset(found)


def _files(module: str, root: Path) -> Iterator[Path]:
    """The module's file after those of the packages it lies in; none for a foreign module."""
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:depth])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                yield path


def imported(path: Path, root: Path) -> Iterator[str]:
    """The absolute names that a file imports, at its head or when it runs."""
    package = path.parent.relative_to(root).parts
    for node in _statements(ast.parse(path.read_bytes(), str(path))):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(names=names):
                origin = _origin(node, package)
                yield origin
                yield from (f"{origin}.{name.name}" for name in names)


def _origin(node: ast.ImportFrom, package: tuple[str, ...]) -> str:
    """The absolute name of what a `from ... import` starts from."""
    above = package[: len(package) - node.level + 1] if node.level else ()
    return ".".join((*above, *filter(None, [node.module])))


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but the bodies of `if TYPE_CHECKING:`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and _for_types_only(node.test):
            for other in node.orelse:
                yield from (other, *_statements(other))
        else:
            yield from (node, *_statements(node))


def _for_types_only(test: ast.expr) -> bool:
    return "TYPE_CHECKING" in (getattr(test, "id", ""), getattr(test, "attr", ""))
