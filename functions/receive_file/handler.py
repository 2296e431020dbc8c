"""receive_file: a file dropped in the bucket, row by row onto the bus."""

from functools import cache, partial
from time import sleep
from typing import Any

from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.intake.adapters import queue_backlog
from hub.intake.adapters.source_catalogue import load_sources
from hub.intake.domain.normalization import Sources
from hub.intake.steps.announced_files import AnnouncedFiles
from hub.intake.steps.file_pacing import FilePacing
from hub.intake.steps.load_file import LoadFile
from hub.messaging.adapters.event_bus import Bus
from hub.messaging.adapters.queues import RetryQueue
from hub.platform.adapters import clock
from hub.platform.adapters.file_bucket import Files
from receive_file.settings import ReceiveFileSettings

HAND_ON_MILLISECONDS = 60_000
"""Milliseconds in which a turn writes down where it stands and sends the next one."""


@cache
def settings() -> ReceiveFileSettings:
    return read_settings(ReceiveFileSettings)


@cache
def known_sources() -> Sources:
    return load_sources()


def announced_files(context: Any) -> AnnouncedFiles:
    ended = partial(is_time_up, context)
    ahead = settings().events_queue_url, settings().customer_queue_url
    loader = LoadFile(
        files=Files(settings().files_bucket),
        sources=known_sources(),
        bus=Bus(settings().bus_name),
        clock=clock.now,
        time_is_up=ended,
        pace=FilePacing(partial(queue_backlog.count_waiting, ahead), partial(sleep, 1), ended),
    )
    return AnnouncedFiles(loader, RetryQueue(settings().retry_queue_url, delay=0))


def is_time_up(context: Any) -> bool:
    return int(context.get_remaining_time_in_millis()) < HAND_ON_MILLISECONDS


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return consume(event, announced_files(context), settings=settings(), stage="receive_file")
