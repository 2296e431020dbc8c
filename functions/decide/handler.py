"""decide: a batch of events, folded per customer, decided and remembered in one write each."""

from functools import cache
from typing import Any

from decide.merging import merger
from hub.adapters import clock
from hub.adapters.customers import Customers, stored_size
from hub.adapters.newest import newest_catalogue, newest_surroundings
from hub.entry.queues import consume
from hub.settings import DecideSettings, read
from hub.steps.decide import Decider


@cache
def settings() -> DecideSettings:
    return read(DecideSettings)


@cache
def decider() -> Decider:
    return Decider(
        customers=Customers(settings().customers_table),
        catalogue=newest_catalogue(settings()),
        surroundings=newest_surroundings(settings()),
        size=stored_size,
        clock=clock.now,
        merger=merger(settings()),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, decider(), settings=settings(), stage="decide")
