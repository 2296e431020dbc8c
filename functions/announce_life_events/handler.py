"""announce_life_events: birthdays and other days, noted when told and announced when they begin."""

from functools import cache
from typing import Any

from hub.adapters.calendar import Calendar
from hub.adapters.customers import Customers
from hub.adapters.queue import CustomerQueue
from hub.entry.queues import consume
from hub.settings import AnnounceLifeEventsSettings, read
from hub.steps.life_events import LifeEvents


@cache
def settings() -> AnnounceLifeEventsSettings:
    return read(AnnounceLifeEventsSettings)


@cache
def life_events() -> LifeEvents:
    given = settings()
    return LifeEvents(
        calendar=Calendar(given.calendar_table),
        customers=Customers(given.customers_table),
        queue=CustomerQueue(given.customer_queue_url),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, life_events(), settings=settings(), stage="announce_life_events")
