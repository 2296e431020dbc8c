"""Pacing: a long file goes on only as fast as it is worked off, so that live events overtake it."""

from collections.abc import Callable
from dataclasses import dataclass

MOST_WAITING = 2_000


@dataclass(frozen=True, slots=True)
class FilePacing:
    """`waiting` tells how many messages are ahead, `rest` passes a moment."""

    waiting: Callable[[], int]
    rest: Callable[[], None]
    time_is_up: Callable[[], bool]
    most: int = MOST_WAITING

    def __call__(self) -> None:
        """Returns once no more than `most` wait, or time is up."""
        while not self.time_is_up() and self.waiting() > self.most:
            self.rest()
