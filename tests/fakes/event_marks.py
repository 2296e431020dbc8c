"""The marks of events that no longer fit in their customers."""

from collections.abc import Collection
from datetime import UTC, datetime

from hub.kernel.errors import HubError
from hub.platform.ports import Clock
from hub.profile.domain.event_memory import MARKS_KEPT


class EventMarks:
    """Deletes every mark the moment it expires. `reads` and `writes` count the marks.

    While there is an `outage`, every call raises it."""

    def __init__(self, now: Clock = lambda: datetime(2026, 11, 22, 12, tzinfo=UTC)) -> None:
        self.items: dict[str, datetime] = {}
        self.now = now
        self.reads = 0
        self.writes = 0
        self.outage: HubError | None = None

    def find(self, marks: Collection[str]) -> frozenset[str]:
        self._fail_in_outage()
        self.reads += len(set(marks))
        now = self.now()
        return frozenset(mark for mark in marks if mark in self.items and self.items[mark] > now)

    def store(self, marks: Collection[str]) -> None:
        self._fail_in_outage()
        self.writes += len(set(marks))
        self.items |= dict.fromkeys(marks, self.now() + MARKS_KEPT)

    def _fail_in_outage(self) -> None:
        if self.outage:
            raise self.outage
