"""Ports: the calendar of occasions."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from hub.life_events.domain.occasions import Occasion


class Calendar(Protocol):
    """Occasions on the page of their day (see `hub.life_events.domain.occasions`)."""

    def note(self, occasions: Sequence[Occasion]) -> None:
        """Stores occasions. A repeated one is stored once and remains announced."""

    def read_open(self, page: str, day: str) -> Iterator[Occasion]:
        """Yields the occasions of a page that were not announced on `day` or later."""

    def mark_announced(self, occasion: Occasion, day: str) -> None:
        """Stores that an occasion was announced on `day`."""
