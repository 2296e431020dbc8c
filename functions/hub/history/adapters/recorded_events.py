"""Recent episodes from the archive: a sample, read once and only if it is needed."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property

from hub.history.adapters.decision_archive import Archive
from hub.model.episode import RecordedEpisode
from hub.platform.ports import Clock

DAYS = 7
OBJECTS_A_DAY = 20
MOST = 300


class RecordedEvents:
    """`hub.history.ports.RecordedEvents` in the archive's bucket."""

    def __init__(self, archive: Archive, now: Clock) -> None:
        self._archive = archive
        self._now = now

    def read_recent(self, event_type: str) -> Sequence[RecordedEpisode]:
        return self._by_type.get(event_type, ())

    @cached_property
    def _by_type(self) -> dict[str, list[RecordedEpisode]]:
        """Reads the records of the last days, the latest first, by the types of their events."""
        today, by_type = self._now().date(), dict[str, list[RecordedEpisode]]()
        for ago in range(DAYS):
            for record in self._archive.read_latest(today - timedelta(days=ago), OBJECTS_A_DAY):
                for event_type in {event.type for event in record.episode.events}:
                    records = by_type.setdefault(event_type, [])
                    if len(records) < MOST:
                        records.append(record)
        return by_type
