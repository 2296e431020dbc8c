"""poll_database: publishes the new rows of sources' databases."""

from functools import cache, partial

from hub.entrypoints.remaining_time import LambdaContext, is_remaining_time_below
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import BatchResponse, consume
from hub.intake.adapters.parked_table import ParkedPayloads
from hub.intake.adapters.source_database import SourceDatabase
from hub.intake.adapters.source_definitions import SourceDefinitions
from hub.intake.adapters.watermark_table import Watermarks
from hub.intake.steps.poll_database import PollDatabase
from hub.kernel.json_types import Json
from hub.messaging.adapters.claim_check import ClaimCheck
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.platform.adapters.secrets import Secrets
from poll_database.settings import PollDatabaseSettings

NOTE_MILLISECONDS = 30_000
"""The time in which a poll publishes a batch and stores its watermark."""


@cache
def settings() -> PollDatabaseSettings:
    """The function's environment."""
    return read_settings(PollDatabaseSettings)


@cache
def sources() -> SourceDefinitions:
    return SourceDefinitions(find_schemas_folder() / "sources")


def poller(context: LambdaContext) -> PollDatabase:
    """Reads the secret of the addresses each time, so that the hub polls a new one at once."""
    return PollDatabase(
        sources=sources(),
        urls=Secrets(settings().database_secrets),
        database=SourceDatabase(),
        watermarks=Watermarks(settings().watermarks_table),
        bus=Bus(settings().bus_name),
        claim_check=ClaimCheck(settings().claims_bucket),
        parked=ParkedPayloads(settings().parked_table),
        clock=clock.now,
        is_time_up=partial(is_remaining_time_below, context, NOTE_MILLISECONDS),
    )


def handler(event: dict[str, Json], context: LambdaContext) -> BatchResponse:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, poller(context), settings=settings(), stage="poll_database")
