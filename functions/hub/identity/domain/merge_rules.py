"""The rules of merging in `schemas/identity.json`: strong keys, their limits, and dialogues."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from hub.identity.domain.identity_cluster import KeyLimits
from hub.kernel.json_types import JsonObject

STRONG = "strong"
STRENGTHS = (STRONG, "shared", "temporary")


@dataclass(frozen=True, slots=True)
class MergeRules:
    """The rules of merging.

    `order` is the namespaces, strongest first. `limits` is strong namespace -> the most keys of one
    person. `dialogues` is strategy or `default` -> `latest` or `survivor`: which state stays of a
    dialogue that both customers are in.
    """

    order: tuple[str, ...]
    limits: KeyLimits
    dialogues: Mapping[str, str]

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Reads `schemas/identity.json`.

        Raises `KeyError` for a strong namespace without a limit, and `ValueError` for an unknown
        strength.
        """
        kinds = sorted(data["namespaces"], key=_rank)
        limits = {kind["name"]: kind["limit"] for kind in kinds if kind["strength"] == STRONG}
        return cls(tuple(kind["name"] for kind in kinds), limits, data["dialogues"])


def _rank(kind: JsonObject) -> tuple[int, int]:
    return STRENGTHS.index(kind["strength"]), kind["priority"]
