"""The counters that propensities are learned from."""

from collections import Counter
from collections.abc import Collection, Sequence

from hub.learning.domain.decaying_counters import CounterKey
from hub.learning.domain.feedback import Feedback, merge_increments


class LearnedCounters:
    """Both ports: what is learned here is read here."""

    def __init__(self) -> None:
        self.items: dict[CounterKey, Counter[str]] = {}
        self.marks: set[str] = set()

    def read(self, keys: Collection[CounterKey]) -> dict[CounterKey, dict[str, int]]:
        return {key: dict(self.items[key]) for key in keys if key in self.items}

    def add_feedback(self, feedback: Sequence[Feedback]) -> None:
        new = {lesson.id: lesson for lesson in feedback if lesson.id not in self.marks}
        for increment in merge_increments(new.values()):
            self.items.setdefault(increment.key, Counter()).update(increment.sums)
        self.marks |= new.keys()
