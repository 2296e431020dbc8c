"""The counters that propensities are learned from."""

from collections import Counter
from collections.abc import Collection, Sequence

from hub.learning.domain.decaying_counters import Key
from hub.learning.domain.feedback import Lesson, merged


class Learned:
    """Both ports: what is learned here is read here."""

    def __init__(self) -> None:
        self.items: dict[Key, Counter[str]] = {}
        self.marks: set[str] = set()

    def read(self, keys: Collection[Key]) -> dict[Key, dict[str, int]]:
        return {key: dict(self.items[key]) for key in keys if key in self.items}

    def learn(self, lessons: Sequence[Lesson]) -> None:
        new = {lesson.id: lesson for lesson in lessons if lesson.id not in self.marks}
        for increment in merged(new.values()):
            self.items.setdefault(increment.key, Counter()).update(increment.sums)
        self.marks |= new.keys()
