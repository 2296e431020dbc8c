"""keep_mart: stores the rows of the mart's batches in the table of the mart."""

from functools import cache
from typing import Any

from hub.entrypoints.settings import read_settings
from hub.entrypoints.sqs import consume
from hub.profile.adapters.mart_table import Mart
from hub.profile.steps.store_mart_rows import StoreMartRows
from keep_mart.settings import KeepMartSettings


@cache
def settings() -> KeepMartSettings:
    """The function's environment."""
    return read_settings(KeepMartSettings)


@cache
def store_mart_rows() -> StoreMartRows:
    """The step with its adapters."""
    return StoreMartRows(Mart(settings().mart_table))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(event, store_mart_rows(), settings=settings(), stage="keep_mart")
