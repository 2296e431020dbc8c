"""Reads the surroundings of decisions every ten seconds, and stores them in the archive."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from hub.catalogue.domain.catalogue import Catalogue
from hub.history.ports import Archive
from hub.learning.domain.decaying_counters import to_start_of_hour
from hub.surroundings.domain.surroundings import Surroundings
from hub.surroundings.ports import CapacityClaims, FactStore

FRESH_FOR = timedelta(seconds=10)

CountersByOffer = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Offer -> cell -> sums."""
ReadCounters = Callable[[Catalogue, datetime], CountersByOffer]
"""Reads the counters of the offers of a catalogue, as `Surroundings.learned` has them."""


def read_no_counters(_catalogue: Catalogue, _now: datetime) -> CountersByOffer:
    return {}


class SurroundingsReader:
    """Reads the surroundings once in ten seconds.

    It stores them in the archive before a decision uses them, so that every decision can be
    replayed with the same surroundings. Without `read_counters` nothing is learned."""

    def __init__(
        self,
        fact_store: FactStore,
        capacity: CapacityClaims,
        archive: Archive,
        read_counters: ReadCounters = read_no_counters,
        time_zone: str = "",
    ) -> None:
        self._fact_store = fact_store
        self._capacity = capacity
        self._archive = archive
        self._read_counters = read_counters
        self._time_zone = "" if time_zone == "UTC" else time_zone
        self._current: Surroundings | None = None
        self._read_at: datetime | None = None

    def read_current(self, catalogue: Catalogue, now: datetime) -> Surroundings:
        if self._current and self._read_at and now - self._read_at < FRESH_FOR:
            return self._current
        surroundings = self._read(catalogue, now)
        if self._current is None or self._current.name != surroundings.name:
            if surroundings.name:
                self._archive.store_surroundings(surroundings.name, surroundings.to_dict())
            self._current = surroundings
        self._read_at = now
        return self._current

    def _read(self, catalogue: Catalogue, now: datetime) -> Surroundings:
        facts: Mapping[str, Any] = self._fact_store.read()
        learned = self._read_counters(catalogue, now)
        return Surroundings(
            **facts,
            claimed=self._capacity.read_used(now),
            learned=learned,
            as_of=to_start_of_hour(now) if learned else "",
            time_zone=self._time_zone,
        )
