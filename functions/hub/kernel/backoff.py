"""The wait before a failed message is tried again."""

from datetime import timedelta

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2, 900
LONGEST_HIDDEN_SECONDS = 11 * 3600


def backoff_seconds(receives: int, jitter: float, retry_after: timedelta | None = None) -> int:
    """Returns a wait that doubles from 2 seconds to 15 minutes and is never below `retry_after`.

    `jitter` (0 to 1) spreads messages that failed together. SQS hides no message for more than 12
    hours.
    """
    wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS << min(receives - 1, 10))
    shortest = retry_after.total_seconds() if retry_after else 0
    return min(
        LONGEST_HIDDEN_SECONDS,
        round(max(wait * (1 + jitter) / 2, shortest * (1 + jitter / 10) + jitter)),
    )
