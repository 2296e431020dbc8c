"""receive_file: a file dropped in the bucket, row by row onto the bus."""

from functools import cache, partial
from time import sleep
from typing import Any

from hub.adapters import backlog, clock
from hub.adapters.bus import Bus
from hub.adapters.files import Files
from hub.adapters.queue import RetryQueue
from hub.adapters.sources import sources
from hub.domain.source import Sources
from hub.entry.queues import consume
from hub.settings import ReceiveFileSettings, read
from hub.steps.drops import Drops
from hub.steps.load import Loader
from hub.steps.pacing import Pace

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
        pace=Pace(partial(backlog.waiting, ahead), partial(sleep, 1), ended),
    )
    return Drops(loader, RetryQueue(settings().retry_queue_url, delay=0))


def time_is_up(context: Any) -> bool:
    return int(context.get_remaining_time_in_millis()) < TO_HAND_ON


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return consume(event, drops(context), settings=settings(), stage="receive_file")
