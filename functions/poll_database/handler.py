"""poll_database: new rows of sources' databases, onto the bus."""

from functools import cache, partial
from typing import Any

from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.intake.adapters.parked_table import ParkedPayloads
from hub.intake.adapters.source_database import SourceDatabase
from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.adapters.watermark_table import Watermarks
from hub.intake.steps.poll_database import PollDatabase
from hub.messaging.adapters.claim_check import ClaimCheck
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.platform.adapters.secrets import Secrets
from poll_database.settings import PollDatabaseSettings

NOTE_MILLISECONDS = 30_000
"""Milliseconds in which a batch is brought to the bus and noted."""


@cache
def settings() -> PollDatabaseSettings:
    return read_settings(PollDatabaseSettings)


sources = cache(lambda: SourceDefinitions(find_schemas_folder() / "sources"))


def poller(context: Any) -> PollDatabase:
    """Reads the addresses anew each time, so that a new one is polled at once."""
    given = settings()
    urls, up = Secrets(given.database_secrets), partial(is_time_up, context)
    stores = ClaimCheck(given.claims_bucket), ParkedPayloads(given.parked_table)
    marks = Watermarks(given.watermarks_table)
    return PollDatabase(
        sources(), urls, SourceDatabase(), marks, Bus(given.bus_name), *stores, clock.now, up
    )


def is_time_up(context: Any) -> bool:
    return int(context.get_remaining_time_in_millis()) < NOTE_MILLISECONDS


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return consume(event, poller(context), settings=settings(), stage="poll_database")
