"""The plan of each function: the `plan.toml` beside its handler."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from infra import ROOT


@dataclass(frozen=True, slots=True)
class Plan:
    """How a function is built and how long it may run.

    - `seconds`: the longest a call may take. Its queue hides a message six times as long.
    - `services`: botocore's models that the bundle carries, out of more than 400.
    - `schemas`: the parts of `schemas/` that the function reads.
    - `memory`: MB. CPU grows with it.
    - `largest_zip_mb`, `slow_imports`: the largest bundle, and the slow libraries that a cold start
      may load. Tests hold the bundle to both.
    """

    seconds: int
    services: tuple[str, ...]
    largest_zip_mb: int
    schemas: tuple[str, ...] = ()
    memory: int = 512
    slow_imports: tuple[str, ...] = ()


def read_plan(path: Path) -> Plan:
    """Read a plan. Raises TypeError for an unknown word or a missing one."""
    words: dict[str, Any] = tomllib.loads(path.read_text())
    return Plan(**{name: _to_tuple(word) for name, word in words.items()})


def _to_tuple(word: Any) -> Any:
    return tuple(word) if isinstance(word, list) else word


PLANS: Mapping[str, Plan] = MappingProxyType(
    {path.parent.name: read_plan(path) for path in sorted(ROOT.glob("functions/*/plan.toml"))}
)


def to_dependency_group(function: str) -> str:
    """Return the dependency group of a function, which is also the name of its lock."""
    return function.replace("_", "-")
