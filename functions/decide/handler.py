"""decide: a batch of events, folded per customer, decided and remembered in one write each."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.catalogue_store import CatalogueStore, NewestCatalogue
from hub.adapters.customers import Customers, stored_size
from hub.domain.artifact import unpack
from hub.domain.catalogue import Catalogue
from hub.domain.surroundings import NOTHING_AROUND
from hub.entry.queues import consume
from hub.settings import DecideSettings, read
from hub.steps.decide import Decider


@cache
def settings() -> DecideSettings:
    return read(DecideSettings)


@cache
def decider() -> Decider:
    store = CatalogueStore(settings().catalogue_table, settings().catalogue_bucket)
    newest = NewestCatalogue(store, Catalogue.from_snapshot, unpack)
    return Decider(
        customers=Customers(settings().customers_table),
        catalogue=lambda: newest.current(clock.now()),
        surroundings=lambda _: NOTHING_AROUND,
        size=stored_size,
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, decider(), settings=settings(), stage="decide")
