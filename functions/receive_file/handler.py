"""receive_file: a file dropped in the bucket, row by row onto the bus."""

from functools import cache
from typing import Any

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.files import Files
from hub.adapters.sources import sources
from hub.entry.queues import consume
from hub.settings import ReceiveFileSettings, read
from hub.steps.drops import Drops


@cache
def settings() -> ReceiveFileSettings:
    return read(ReceiveFileSettings)


@cache
def drops() -> Drops:
    return Drops(
        files=Files(settings().files_bucket),
        sources=sources(),
        bus=Bus(settings().bus_name),
        clock=clock.now,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, drops(), settings=settings(), stage="receive_file")
