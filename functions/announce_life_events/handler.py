"""announce_life_events: birthdays and other days, noted when told and announced when they begin."""

from functools import cache
from typing import Any

from announce_life_events.settings import AnnounceLifeEventsSettings
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.life_events.adapters.calendar_table import Calendar
from hub.life_events.steps.announce_occasions import AnnounceOccasions
from hub.messaging.adapters.queues import CustomerQueue
from hub.profile.adapters.customer_table import Customers


@cache
def settings() -> AnnounceLifeEventsSettings:
    return read_settings(AnnounceLifeEventsSettings)


@cache
def announce_occasions() -> AnnounceOccasions:
    given = settings()
    return AnnounceOccasions(
        calendar=Calendar(given.calendar_table),
        customers=Customers(given.customers_table),
        queue=CustomerQueue(given.customer_queue_url),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, announce_occasions(), settings=settings(), stage="announce_life_events")
