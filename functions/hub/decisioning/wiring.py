"""What a decision stands on as it is now: the newest catalogue, and what goes on around."""

from collections.abc import Callable
from typing import Protocol

from hub.catalogue.adapters.catalogue_store import CatalogueStore, NewestCatalogue
from hub.catalogue.domain.catalogue import Catalogue
from hub.catalogue.domain.compiled_catalogue import unpack
from hub.decisioning.adapters.surroundings_reader import SurroundingsReader
from hub.decisioning.steps.read_learned_counters import Recall
from hub.history.adapters.decision_archive import Archive
from hub.learning.adapters.counter_reader import Learned
from hub.platform.adapters import clock
from hub.surroundings.adapters.capacity_table import Capacity
from hub.surroundings.adapters.fact_table import Things
from hub.surroundings.domain.surroundings import Surroundings


class Places(Protocol):
    """Where all of it is found."""

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


def newest_catalogue(places: Places) -> Callable[[], Catalogue]:
    store = CatalogueStore(places.catalogue_table, places.catalogue_bucket)
    newest = NewestCatalogue(store, Catalogue.from_snapshot, unpack)
    return lambda: newest.current(clock.now())


def newest_surroundings(places: Places) -> Callable[[Catalogue], Surroundings]:
    reader = SurroundingsReader(
        Things(places.surroundings_table),
        Capacity(places.capacity_table),
        Archive(places.archive_bucket),
        Recall(Learned(places.learned_table)),
    )
    return lambda catalogue: reader.current(catalogue, clock.now())
