"""keep_mart: the rows of the mart's batches, off the bus and into the mart's own table."""

from functools import cache
from typing import Any

from hub.entrypoints.settings import read
from hub.entrypoints.sqs import consume
from hub.profile.adapters.mart_table import Mart
from hub.profile.steps.store_mart_rows import MartKeeper
from keep_mart.settings import KeepMartSettings


@cache
def settings() -> KeepMartSettings:
    return read(KeepMartSettings)


@cache
def keeper() -> MartKeeper:
    return MartKeeper(Mart(settings().mart_table))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(event, keeper(), settings=settings(), stage="keep_mart")
