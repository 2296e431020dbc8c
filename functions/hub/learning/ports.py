"""Ports: the learner's counters."""

from collections.abc import Collection, Sequence
from typing import Protocol

from hub.learning.domain.decaying_counters import CounterKey
from hub.learning.domain.feedback import Feedback


class CounterReader(Protocol):
    """The counters that propensities are learned from, an item for each arm and era."""

    def read(self, keys: Collection[CounterKey]) -> dict[CounterKey, dict[str, int]]:
        """Sums by name, of the keys that have any. May lag a moment behind what was added."""


class CounterWriter(Protocol):
    """What there is to learn, for those counters."""

    def add_feedback(self, feedback: Sequence[Feedback]) -> None:
        """Counts each lesson once, known by its id for `showing.REMEMBERED`, however often it is
        given and wherever that was cut off. Raises `Conflict` while others keep learning the same.
        """
