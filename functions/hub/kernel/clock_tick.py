"""The ticks of the clock, as EventBridge tells them: a late one still says which time it is of."""

from collections.abc import Mapping
from datetime import datetime

from hub.kernel.errors import Rejected
from hub.kernel.times import parse_time

TICK_DETAIL_TYPE = "Scheduled Event"


def parse_tick(body: Mapping[str, object]) -> datetime:
    """Raises `Rejected` for what is no tick."""
    try:
        return parse_time(str(body["time"]))
    except (KeyError, ValueError) as wrong:
        raise Rejected("does not tell the time", "time") from wrong
