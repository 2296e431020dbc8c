"""receive_file: publishes the rows of a file that a source dropped in the bucket."""

from functools import cache, partial
from time import sleep

from hub.entrypoints.remaining_time import LambdaContext, is_remaining_time_below
from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import BatchResponse, consume
from hub.intake.adapters import queue_backlog
from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.normalization import Sources
from hub.intake.steps.announced_files import AnnouncedFiles
from hub.intake.steps.file_pacing import FilePacing
from hub.intake.steps.load_file import LoadFile
from hub.kernel.json_types import Json
from hub.messaging.adapters.event_bus import Bus
from hub.messaging.adapters.queues import RetryQueue
from hub.platform.adapters import clock
from hub.platform.adapters.file_bucket import Files
from receive_file.settings import ReceiveFileSettings

HAND_ON_MILLISECONDS = 60_000
"""The time in which a turn stores its progress and sends the next turn."""


@cache
def settings() -> ReceiveFileSettings:
    """The function's environment."""
    return read_settings(ReceiveFileSettings)


@cache
def sources() -> Sources:
    return load_sources()


def file_reader(context: LambdaContext) -> AnnouncedFiles:
    is_time_up = partial(is_remaining_time_below, context, HAND_ON_MILLISECONDS)
    queue_urls = settings().events_queue_url, settings().customer_queue_url
    count_waiting = partial(queue_backlog.count_waiting, queue_urls)
    loader = LoadFile(
        files=Files(settings().files_bucket),
        sources=sources(),
        bus=Bus(settings().bus_name),
        clock=clock.now,
        is_time_up=is_time_up,
        pace=FilePacing(count_waiting, partial(sleep, 1), is_time_up),
    )
    return AnnouncedFiles(loader, RetryQueue(settings().retry_queue_url, delay=0))


def handler(event: dict[str, Json], context: LambdaContext) -> BatchResponse:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, file_reader(context), settings=settings(), stage="receive_file")
