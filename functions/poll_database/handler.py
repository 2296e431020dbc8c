"""poll_database: new rows of sources' databases, onto the bus."""

from functools import cache, partial
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.claims import Claims
from hub.adapters.database import Database
from hub.adapters.parked import Parked
from hub.adapters.schemas import Definitions, folder
from hub.adapters.secrets import Secrets
from hub.adapters.watermarks import Watermarks
from hub.entry.queues import consume
from hub.settings import PollDatabaseSettings, read
from hub.steps.poll import Poller

TO_NOTE = 30_000
"""Milliseconds in which a batch is brought to the bus and noted."""


@cache
def settings() -> PollDatabaseSettings:
    return read(PollDatabaseSettings)


sources = cache(lambda: Definitions(folder() / "sources"))


def poller(context: Any) -> Poller:
    """Reads the addresses anew each time, so that a new one is polled at once."""
    given = settings()
    urls, up = Secrets(given.database_secrets), partial(time_is_up, context)
    stores = Claims(given.claims_bucket), Parked(given.parked_table)
    marks = Watermarks(given.watermarks_table)
    return Poller(sources(), urls, Database(), marks, Bus(given.bus_name), *stores, clock.now, up)


def time_is_up(context: Any) -> bool:
    return int(context.get_remaining_time_in_millis()) < TO_NOTE


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return consume(event, poller(context), settings=settings(), stage="poll_database")
