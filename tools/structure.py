"""`python -m tools.structure [--names]`: figures of the code's structure, as JSON.

`tests/test_structure.py` holds the limits. `--names` also lists the names behind the counts.
"""

import ast
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HUB = ROOT / "functions" / "hub"
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
IRREGULAR_PARTICIPLES = """
    bought brought built chosen done drawn driven eaten fallen forgotten found given gone heard held
    hidden kept known laid left lent lost made meant met owed paid said seen sent shown sold spent
    spoken taken taught thought told understood unknown withdrawn won written
    """.split()  # noqa: SIM905 a list of so many words is read better as text
OTHER_WORDS = """
    bed embed exceed feed need proceed red seed shed speed bring king nothing ping ring spring
    string thing
    """.split()  # noqa: SIM905 as above
SHORTEST_PARTICIPLE = 4


def is_participle(word: str) -> bool:
    """Whether a word is a past participle or an -ing form: `marked`, `told`, `following`."""
    if word in OTHER_WORDS:
        return False
    ending = len(word) >= SHORTEST_PARTICIPLE and word.endswith(("ed", "ing"))
    return word in IRREGULAR_PARTICIPLES or ending


def first_word(name: str) -> str:
    """`_withdrawn_calls` -> `withdrawn`."""
    return re.split(r"_", name.strip("_"))[0].lower()


@dataclass(frozen=True)
class Module:
    """One Python file of the hub."""

    path: Path

    @property
    def place(self) -> Path:
        return self.path.relative_to(HUB)

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def function_lengths(self) -> list[int]:
        """In lines, of every function and method, nested ones too."""
        nodes = (node for node in ast.walk(self.tree) if isinstance(node, FUNCTION))
        return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes]

    @property
    def functions(self) -> list[str]:
        """The names of the functions at module level."""
        return [node.name for node in self.tree.body if isinstance(node, FUNCTION)]

    @property
    def any_count(self) -> int:
        """How often `Any` is used, imports apart."""
        return sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(self.tree))


def list_modules() -> list[Module]:
    return [Module(path) for path in sorted(HUB.rglob("*.py"))]


def summarize(numbers: Iterable[int]) -> dict[str, float]:
    """Median, 90th percentile (nearest rank) and maximum."""
    ordered = sorted(numbers)
    return {
        "median": ordered[len(ordered) // 2],
        "p90": ordered[-(-len(ordered) * 9 // 10) - 1],
        "max": ordered[-1],
    }


def find_lone_gerunds(modules: Iterable[Module]) -> Iterator[str]:
    """Modules named by one word in -ing. Contexts are named by the design, wiring is a layer."""
    for module in modules:
        name = module.place.stem
        if name != "wiring" and "_" not in name and name.endswith("ing") and is_participle(name):
            yield str(module.place)


def find_participle_functions(modules: Iterable[Module]) -> Iterator[str]:
    for module in modules:
        for name in module.functions:
            if is_participle(first_word(name)):
                yield f"{module.place}: {name}"


def count_modules_by_folder(modules: Iterable[Module]) -> Counter[str]:
    """Without `__init__`."""
    return Counter(str(m.place.parent) for m in modules if m.place.stem != "__init__")


def count_lines_by_context(modules: Iterable[Module]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for module in modules:
        if len(module.place.parts) > 1:
            counts[module.place.parts[0]] += module.lines
    return counts


def measure() -> dict[str, Any]:
    modules = list_modules()
    lines = sum(module.lines for module in modules)
    return {
        "modules": len(modules),
        "lines": lines,
        "file_lines": summarize(module.lines for module in modules),
        "function_lines": summarize(n for module in modules for n in module.function_lengths),
        "any_per_100_lines": round(100 * sum(m.any_count for m in modules) / lines, 2),
        "lone_gerund_modules": sorted(find_lone_gerunds(modules)),
        "participle_functions": sorted(find_participle_functions(modules)),
        "modules_by_folder": dict(count_modules_by_folder(modules).most_common()),
        "lines_by_context": dict(count_lines_by_context(modules).most_common()),
        "readme_bytes": (ROOT / "README.md").stat().st_size,
    }


if __name__ == "__main__":
    figures = measure()
    if "--names" not in sys.argv[1:]:
        for listed in ("lone_gerund_modules", "participle_functions"):
            figures[listed] = len(figures[listed])
    print(json.dumps(figures, indent=2))
