"""Ticks of the clock, which are EventBridge's scheduled events: a late tick keeps its own time."""

from datetime import datetime

from hub.kernel.errors import Rejected
from hub.kernel.json_types import JsonObject
from hub.kernel.times import parse_time

TICK_DETAIL_TYPE = "Scheduled Event"


def parse_tick(body: JsonObject) -> datetime:
    """Returns the time of a tick. Raises `Rejected` if `body` is not a tick."""
    try:
        return parse_time(str(body["time"]))
    except (KeyError, ValueError) as error:
        raise Rejected("is not the time of a tick", "time") from error
