"""decide: applies a batch of events, decides, and writes each customer once."""

from functools import cache
from typing import Any

from decide.settings import DecideSettings
from decide.wiring import merge_customers
from hub.contact_policy.adapters.address_refusal_table import AddressRefusalTable
from hub.contact_policy.steps.attach_refusals import AttachRefusals
from hub.decisioning.steps.decide_events import DecideEvents
from hub.decisioning.wiring import build_catalogue_reader, build_surroundings_reader
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.history.adapters.parked_table import ParkedEvents
from hub.platform.adapters import clock
from hub.profile.adapters.customer_table import Customers, size_in_bytes
from hub.profile.adapters.event_mark_table import EventMarkTable
from hub.profile.steps.attach_repeats import AttachRepeats


@cache
def settings() -> DecideSettings:
    """The function's environment."""
    return read_settings(DecideSettings)


@cache
def decide_events() -> DecideEvents:
    """The step with its adapters."""
    return DecideEvents(
        customers=Customers(settings().customers_table),
        catalogue=build_catalogue_reader(settings()),
        surroundings=build_surroundings_reader(settings()),
        size=size_in_bytes,
        clock=clock.now,
        merger=merge_customers(settings()),
        attach_refusals=AttachRefusals(AddressRefusalTable(settings().address_refusals_table)),
        attach_repeats=AttachRepeats(EventMarkTable(settings().event_marks_table)),
        parked=ParkedEvents(settings().parked_table),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, decide_events(), settings=settings(), stage="decide")
