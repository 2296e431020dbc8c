"""The features that propensities may depend on, declared in the catalogue, and their bins."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self

from hub.kernel.errors import Rejected

MOST_FEATURES = 12
MOST_BOUNDS = 20
LONGEST_BIN = 40
MISSING = "none"
OTHER = "other"
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Feature:
    """A dotted field. With `bounds` [1, 3] its bins are `<1`, `1..3` (3 not in it) and `>=3`."""

    name: str
    bounds: tuple[float, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Raises `Rejected` for a name that is no field and for bounds that do not rise."""
        name, bounds = data.get("name"), data.get("bounds", [])
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise Rejected(f"{name!r} is not a field such as customer.loyalty.tier", "name")
        rising = isinstance(bounds, list | tuple) and all(map(_is_number, bounds))
        if not rising or list(bounds) != sorted(set(bounds)) or len(bounds) > MOST_BOUNDS:
            raise Rejected(f"{name} wants at most {MOST_BOUNDS} rising numbers", "bounds")
        return cls(name, tuple(bounds))

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, **({"bounds": list(self.bounds)} if self.bounds else {})}

    def bin_of(self, value: Any) -> str:
        """Without bounds the bin is the value itself, unless it is too long to be a category."""
        if not self.bounds:
            text = _to_text(value)
            return text if len(text) <= LONGEST_BIN else OTHER
        return self._find_range(value) if _is_number(value) else MISSING

    def _find_range(self, value: float) -> str:
        return _name_ranges(self.bounds)[bisect_right(self.bounds, value)]


def read_features(declared: Iterable[Mapping[str, Any]]) -> tuple[Feature, ...]:
    """Raises `Rejected` for a feature declared twice or too many of them."""
    features = tuple(map(Feature.from_dict, declared))
    if len({feature.name for feature in features}) < len(features):
        raise Rejected("a feature is declared twice", "features")
    if len(features) > MOST_FEATURES:
        raise Rejected(f"{len(features)} features: the most is {MOST_FEATURES}", "features")
    return features


@lru_cache(256)
def _name_ranges(bounds: tuple[float, ...]) -> tuple[str, ...]:
    between = (f"{low:g}..{high:g}" for low, high in pairwise(bounds))
    return (f"<{bounds[0]:g}", *between, f">={bounds[-1]:g}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.strip() or MISSING
    return f"{value:g}" if _is_number(value) else MISSING
