"""Ports: the calendar of occasions."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from hub.life_events.domain.occasions import Occasion


class Calendar(Protocol):
    """Days that come round, on the page of their day (see `hub.life_events.domain.occasions`)."""

    def note(self, occasions: Sequence[Occasion]) -> None:
        """Noted again, an occasion is one, and stays ticked off."""

    def read_open(self, page: str, day: str) -> Iterator[Occasion]:
        """Those on the page that are not ticked off for `day` or a later one."""

    def mark_announced(self, occasion: Occasion, day: str) -> None: ...
