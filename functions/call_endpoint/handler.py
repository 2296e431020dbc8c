"""call_endpoint: actions out to whatever is called over HTTP, as its connector describes it."""

import random
from functools import cache
from typing import Any

from call_endpoint.switchboard import settings, switchboard
from hub.entrypoints.retry_delay import Postponing
from hub.entrypoints.sqs import consume
from hub.messaging.adapters.message_visibility import Visibility

CHANCE = random.SystemRandom()


@cache
def postponing() -> Postponing:
    return Postponing(Visibility(), CHANCE.random)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return consume(
        event,
        switchboard(),
        settings=settings(),
        stage="call_endpoint",
        postpone=postponing(),
    )
