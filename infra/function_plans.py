"""What each function is built of and how long it may take: the `plan.toml` beside its handler."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from infra import ROOT


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds`: the longest one call may take; its queue hides a message six times as long.

    `services`: whose models of botocore the bundle carries, out of more than 400.
    `schemas`: the parts of `schemas/` it reads. `memory` is in MB and buys CPU in proportion.
    `largest_zip_mb` bounds the bundle; `slow_imports` are the slow libraries that a cold start may
    load. Tests hold the bundle to both.
    """

    seconds: int
    services: tuple[str, ...]
    largest_zip_mb: int
    schemas: tuple[str, ...] = ()
    memory: int = 512
    slow_imports: tuple[str, ...] = ()


def read_plan(path: Path) -> Plan:
    """Raises TypeError for a word that a plan does not know, or that it lacks."""
    words: dict[str, Any] = tomllib.loads(path.read_text())
    return Plan(**{name: _to_tuple(word) for name, word in words.items()})


def _to_tuple(word: Any) -> Any:
    return tuple(word) if isinstance(word, list) else word


PLANS: Mapping[str, Plan] = MappingProxyType(
    {path.parent.name: read_plan(path) for path in sorted(ROOT.glob("functions/*/plan.toml"))}
)


def group_of(function: str) -> str:
    """The dependency group, and so the lock, of a function."""
    return function.replace("_", "-")
