"""Ports: the learner's counters."""

from collections.abc import Collection, Sequence
from typing import Protocol

from hub.learning.domain.decaying_counters import Key
from hub.learning.domain.feedback import Lesson


class Learned(Protocol):
    """The counters that propensities are learned from, an item for each arm and era."""

    def read(self, keys: Collection[Key]) -> dict[Key, dict[str, int]]:
        """Sums by name, of the keys that have any. May lag a moment behind what was added."""


class Lessons(Protocol):
    """What there is to learn, for those counters."""

    def learn(self, lessons: Sequence[Lesson]) -> None:
        """Counts each lesson once, known by its id for `showing.REMEMBERED`, however often it is
        given and wherever that was cut off. Raises `Conflict` while others keep learning the same.
        """
