"""Ports: the learner's counters."""

from collections.abc import Collection, Sequence
from typing import Protocol

from hub.learning.domain.decaying_counters import CounterKey
from hub.learning.domain.feedback import Feedback


class CounterReader(Protocol):
    """Reads the counters of propensities, an item for each arm and era."""

    def read(self, keys: Collection[CounterKey]) -> dict[CounterKey, dict[str, int]]:
        """Reads the sums by name of the keys that have any. They may be a moment old."""


class CounterWriter(Protocol):
    """Adds feedback to those counters."""

    def add_feedback(self, feedback: Sequence[Feedback]) -> None:
        """Counts each entry once, also if it is repeated or a call was interrupted.

        An id is known for `feedback.FEEDBACK_RETENTION`. Raises `Conflict` if others keep writing
        the same counters."""
