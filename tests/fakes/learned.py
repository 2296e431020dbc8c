"""The counters that propensities are learned from."""

from collections import Counter
from collections.abc import Collection, Sequence

from hub.domain.learning.counters import Key
from hub.domain.learning.showing import Increment


class Learned:
    def __init__(self) -> None:
        self.items: dict[Key, Counter[str]] = {}

    def read(self, keys: Collection[Key]) -> dict[Key, dict[str, int]]:
        return {key: dict(self.items[key]) for key in keys if key in self.items}

    def add(self, increments: Sequence[Increment]) -> None:
        for increment in increments:
            if increment.sums:
                self.items.setdefault(increment.key, Counter()).update(increment.sums)
