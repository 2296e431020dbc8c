"""The surroundings that decisions are made in: read every ten seconds, kept under a name."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.history.ports import Archive
from hub.learning.domain.decaying_counters import hour
from hub.surroundings.domain.surroundings import Surroundings
from hub.surroundings.ports import Capacity, Things

FRESH = timedelta(seconds=10)

Lessons = Mapping[str, Mapping[str, Mapping[str, int]]]
LearnedOf = Callable[[Catalogue, datetime], Lessons]
"""What is learned of the offers of a catalogue, as `Surroundings.learned` has it."""


def nothing_learned(_catalogue: Catalogue, _now: datetime) -> Lessons:
    return {}


class SurroundingsReader:
    """One value a process for as long as it is fresh. It lies in the archive before anything is
    decided in it, so that every decision can be made again in the same."""

    def __init__(
        self,
        things: Things,
        capacity: Capacity,
        archive: Archive,
        learned: LearnedOf = nothing_learned,
    ) -> None:
        self._things = things
        self._capacity = capacity
        self._archive = archive
        self._learned = learned
        self._held: Surroundings | None = None
        self._read_at: datetime | None = None

    def current(self, catalogue: Catalogue, now: datetime) -> Surroundings:
        if self._held and self._read_at and now - self._read_at < FRESH:
            return self._held
        found = self._read(catalogue, now)
        if self._held is None or self._held.name != found.name:
            if found.name:
                self._archive.keep_surroundings(found.name, found.to_dict())
            self._held = found
        self._read_at = now
        return self._held

    def _read(self, catalogue: Catalogue, now: datetime) -> Surroundings:
        facts: Mapping[str, Any] = self._things.read()
        learned = self._learned(catalogue, now)
        return Surroundings(
            **facts,
            claimed=self._capacity.taken(now),
            learned=learned,
            as_of=hour(now) if learned else "",
        )
