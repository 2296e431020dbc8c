"""poll_database: new rows of sources' databases, onto the bus."""

from functools import cache, partial
from typing import Any

from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.intake.adapters.parked_table import Parked
from hub.intake.adapters.source_database import Database
from hub.intake.adapters.source_definitions import Definitions
from hub.intake.adapters.watermark_table import Watermarks
from hub.intake.steps.poll_database import Poller
from hub.messaging.adapters.claim_check import Claims
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import folder
from hub.platform.adapters.secrets import Secrets
from poll_database.settings import PollDatabaseSettings

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
