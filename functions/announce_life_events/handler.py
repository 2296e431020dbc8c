"""announce_life_events: stores birthdays and other days and announces them when they begin."""

from functools import cache
from zoneinfo import ZoneInfo

from announce_life_events.settings import AnnounceLifeEventsSettings
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.kernel.json_types import Json
from hub.life_events.adapters.calendar_table import Calendar
from hub.life_events.steps.announce_occasions import AnnounceOccasions
from hub.messaging.adapters.queues import CustomerQueue
from hub.profile.adapters.customer_table import Customers


@cache
def settings() -> AnnounceLifeEventsSettings:
    """The function's environment."""
    return read_settings(AnnounceLifeEventsSettings)


@cache
def announce_occasions() -> AnnounceOccasions:
    """The step, on DynamoDB and SQS."""
    environment = settings()
    return AnnounceOccasions(
        calendar=Calendar(environment.calendar_table),
        customers=Customers(environment.customers_table),
        queue=CustomerQueue(environment.customer_queue_url),
        owner_zone=ZoneInfo(environment.time_zone),
    )


def handler(event: dict[str, Json], _context: object) -> dict[str, Json]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, announce_occasions(), settings=settings(), stage="announce_life_events")
