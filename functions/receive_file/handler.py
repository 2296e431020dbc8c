"""receive_file: a file dropped in the bucket, row by row onto the bus."""

from functools import cache, partial
from time import sleep
from typing import Any

from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.intake.adapters import queue_backlog
from hub.intake.adapters.source_catalogue import sources
from hub.intake.domain.normalization import Sources
from hub.intake.steps.announced_files import Drops
from hub.intake.steps.file_pacing import Pace
from hub.intake.steps.load_file import Loader
from hub.messaging.adapters.event_bus import Bus
from hub.messaging.adapters.queues import RetryQueue
from hub.platform.adapters import clock
from hub.platform.adapters.file_bucket import Files
from receive_file.settings import ReceiveFileSettings

TO_HAND_ON = 60_000
"""Milliseconds in which a turn writes down where it stands and sends the next one."""


@cache
def settings() -> ReceiveFileSettings:
    return read(ReceiveFileSettings)


@cache
def known() -> Sources:
    return sources()


def drops(context: Any) -> Drops:
    ended = partial(time_is_up, context)
    ahead = settings().events_queue_url, settings().customer_queue_url
    loader = Loader(
        files=Files(settings().files_bucket),
        sources=known(),
        bus=Bus(settings().bus_name),
        clock=clock.now,
        time_is_up=ended,
        pace=Pace(partial(queue_backlog.waiting, ahead), partial(sleep, 1), ended),
    )
    return Drops(loader, RetryQueue(settings().retry_queue_url, delay=0))


def time_is_up(context: Any) -> bool:
    return int(context.get_remaining_time_in_millis()) < TO_HAND_ON


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return consume(event, drops(context), settings=settings(), stage="receive_file")
