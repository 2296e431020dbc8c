"""decide: a batch of events, folded per customer, decided and remembered in one write each."""

from functools import cache
from typing import Any

from decide.merging import merge_customers
from decide.settings import DecideSettings
from hub.decisioning.steps.decide_events import DecideEvents
from hub.decisioning.wiring import build_catalogue_reader, build_surroundings_reader
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.platform.adapters import clock
from hub.profile.adapters.customer_table import Customers, size_in_bytes


@cache
def settings() -> DecideSettings:
    return read_settings(DecideSettings)


@cache
def decide_events() -> DecideEvents:
    return DecideEvents(
        customers=Customers(settings().customers_table),
        catalogue=build_catalogue_reader(settings()),
        surroundings=build_surroundings_reader(settings()),
        size=size_in_bytes,
        clock=clock.now,
        merger=merge_customers(settings()),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, decide_events(), settings=settings(), stage="decide")
