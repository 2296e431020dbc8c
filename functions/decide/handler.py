"""decide: a batch of events, folded per customer, decided and remembered in one write each."""

from functools import cache
from typing import Any

from decide.merging import merger
from decide.settings import DecideSettings
from hub.decisioning.steps.decide_events import Decider
from hub.decisioning.wiring import newest_catalogue, newest_surroundings
from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.platform.adapters import clock
from hub.profile.adapters.customer_table import Customers, stored_size


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
