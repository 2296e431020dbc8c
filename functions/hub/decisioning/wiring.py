"""Builds the readers of the newest catalogue and of the current surroundings."""

from collections.abc import Callable
from typing import Protocol

from hub.catalogue.adapters.catalogue_store import CatalogueStore, NewestCatalogue
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.compiled_catalogue import load_compiled_catalogue
from hub.decisioning.adapters.surroundings_reader import SurroundingsReader
from hub.decisioning.steps.read_learned_counters import ReadLearnedCounters
from hub.history.adapters.decision_archive import Archive
from hub.learning.adapters.counter_reader import CounterReader
from hub.platform.adapters import clock
from hub.surroundings.adapters.capacity_table import CapacityClaims
from hub.surroundings.adapters.fact_table import FactStore
from hub.surroundings.domain.surroundings import Surroundings


class DecisionSettings(Protocol):
    """The buckets and tables that the readers need."""

    @property
    def archive_bucket(self) -> str: ...
    @property
    def capacity_table(self) -> str: ...
    @property
    def catalogue_bucket(self) -> str: ...
    @property
    def catalogue_table(self) -> str: ...
    @property
    def learned_table(self) -> str: ...
    @property
    def surroundings_table(self) -> str: ...
    @property
    def time_zone(self) -> str: ...


def build_catalogue_reader(settings: DecisionSettings) -> Callable[[], Catalogue]:
    """Returns a function that returns the newest published catalogue."""
    store = CatalogueStore(settings.catalogue_table, settings.catalogue_bucket)
    newest = NewestCatalogue(store, Catalogue.from_snapshot, load_compiled_catalogue)
    return lambda: newest.read_current(clock.now())


def build_surroundings_reader(settings: DecisionSettings) -> Callable[[Catalogue], Surroundings]:
    """Returns a function that returns the current surroundings for decisions by a catalogue."""
    reader = SurroundingsReader(
        FactStore(settings.surroundings_table),
        CapacityClaims(settings.capacity_table),
        Archive(settings.archive_bucket),
        ReadLearnedCounters(CounterReader(settings.learned_table)),
        settings.time_zone,
    )
    return lambda catalogue: reader.read_current(catalogue, clock.now())
