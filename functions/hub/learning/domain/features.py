"""The features on which propensities depend, as the catalogue declares them, and their bins."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Self, TypeGuard

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json, JsonObject

MOST_FEATURES = 12
MOST_BOUNDS = 20
LONGEST_BIN = 40
MISSING = "none"
OTHER = "other"
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Feature:
    """A dotted field. With the `bounds` [1, 3] its bins are `<1`, `1..3` (without 3) and `>=3`."""

    name: str
    bounds: tuple[float, ...] = ()

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Raises `Rejected` for a name that is no field and for bounds that do not rise."""
        name, bounds = data.get("name"), data.get("bounds", [])
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise Rejected(f"{name!r} is not a field such as customer.loyalty.tier", "name")
        are_numbers = isinstance(bounds, list | tuple) and all(map(_is_number, bounds))
        if not are_numbers or list(bounds) != sorted(set(bounds)) or len(bounds) > MOST_BOUNDS:
            raise Rejected(
                f"bounds of {name} must be at most {MOST_BOUNDS} rising numbers", "bounds"
            )
        return cls(name, tuple(bounds))

    def to_dict(self) -> dict[str, Json]:
        return {"name": self.name, **({"bounds": list(self.bounds)} if self.bounds else {})}

    def bin_of(self, value: object) -> str:
        """The bin of a value. Without bounds it is the value itself, or `other` if too long."""
        if not self.bounds:
            text = _to_text(value)
            return text if len(text) <= LONGEST_BIN else OTHER
        return self._find_range(value) if _is_number(value) else MISSING

    def _find_range(self, value: float) -> str:
        return _name_ranges(self.bounds)[bisect_right(self.bounds, value)]


def read_features(declarations: Iterable[JsonObject]) -> tuple[Feature, ...]:
    """Reads the features. Raises `Rejected` if one is declared twice or there are too many."""
    features = tuple(map(Feature.from_dict, declarations))
    if len({feature.name for feature in features}) < len(features):
        raise Rejected("a feature is declared twice", "features")
    if len(features) > MOST_FEATURES:
        raise Rejected(f"{len(features)} features: the most is {MOST_FEATURES}", "features")
    return features


@lru_cache(256)
def _name_ranges(bounds: tuple[float, ...]) -> tuple[str, ...]:
    between = (f"{low:g}..{high:g}" for low, high in pairwise(bounds))
    return (f"<{bounds[0]:g}", *between, f">={bounds[-1]:g}")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _to_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.strip() or MISSING
    return f"{value:g}" if _is_number(value) else MISSING
