"""What a decision stands on as it is now: the newest catalogue, and what goes on around."""

from collections.abc import Callable
from typing import Protocol

from hub.adapters import clock
from hub.adapters.archive import Archive
from hub.adapters.capacity import Capacity
from hub.adapters.catalogue_store import CatalogueStore, NewestCatalogue
from hub.adapters.learned import Learned
from hub.adapters.surroundings import SurroundingsReader
from hub.adapters.things import Things
from hub.domain.artifact import unpack
from hub.domain.catalogue import Catalogue
from hub.domain.surroundings import Surroundings
from hub.steps.recall import Recall


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
