"""Slows a long file down to the speed of the later steps, so that live events overtake it."""

from collections.abc import Callable
from dataclasses import dataclass

MOST_WAITING = 2_000


@dataclass(frozen=True, slots=True)
class FilePacing:
    """`count_waiting` counts the messages in the queues ahead; `pause` waits a moment."""

    count_waiting: Callable[[], int]
    pause: Callable[[], None]
    is_time_up: Callable[[], bool]
    most: int = MOST_WAITING

    def __call__(self) -> None:
        """Returns when at most `most` messages wait, or when time is up."""
        while not self.is_time_up() and self.count_waiting() > self.most:
            self.pause()
