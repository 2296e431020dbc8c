"""What `schemas/identity.json` says about merging: which keys are strong, how many of them one
person has, and whose dialogues go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hub.identity.domain.identity_cluster import KeyLimits

STRONG = "strong"
STRENGTHS = (STRONG, "shared", "temporary")


@dataclass(frozen=True, slots=True)
class MergeRules:
    """`order`: the kinds of keys, strongest first. `dialogues`: by strategy or `default`, whether
    the `latest` or the `survivor`'s stage of a dialogue stays that both are in."""

    order: tuple[str, ...]
    limits: KeyLimits
    dialogues: Mapping[str, str]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Raises KeyError for a strong kind without a limit, ValueError for an unknown strength."""
        kinds = sorted(data["namespaces"], key=_rank)
        limits = {kind["name"]: kind["limit"] for kind in kinds if kind["strength"] == STRONG}
        return cls(tuple(kind["name"] for kind in kinds), limits, data["dialogues"])


def _rank(kind: Mapping[str, Any]) -> tuple[int, int]:
    return STRENGTHS.index(kind["strength"]), kind["priority"]
