"""call_endpoint: carries out the actions of connectors over HTTP."""

import random
from functools import cache
from typing import Any

from call_endpoint.wiring import route_to_connector, settings
from hub.entrypoints.retry_delay import RetryDelay
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.message_visibility import Visibility

RANDOM = random.SystemRandom()


@cache
def retry_backoff() -> RetryDelay:
    return RetryDelay(Visibility(), RANDOM.random)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Consumes SQS messages; returns the partial batch response."""
    return consume(
        event,
        route_to_connector(),
        settings=settings(),
        stage="call_endpoint",
        delay_retry=retry_backoff(),
    )
