"""keep_mart: the rows of the mart's batches, off the bus and into the mart's own table."""

from functools import cache
from typing import Any

from hub.adapters.mart import Mart
from hub.entry.queues import consume
from hub.settings import KeepMartSettings, read
from hub.steps.keep_mart import MartKeeper


@cache
def settings() -> KeepMartSettings:
    return read(KeepMartSettings)


@cache
def keeper() -> MartKeeper:
    return MartKeeper(Mart(settings().mart_table))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, keeper(), settings=settings(), stage="keep_mart")
