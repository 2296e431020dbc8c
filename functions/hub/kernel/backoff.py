"""How long a failed message stays out of sight before it is tried again."""

from datetime import timedelta

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2, 900
LONGEST_HIDDEN_SECONDS = 11 * 3600


def backoff_seconds(receives: int, jitter: float, retry_after: timedelta | None = None) -> int:
    """Seconds: doubling from 2 to 15 minutes, and no less than was `asked`; `chance` (0 to 1) keeps
    those that failed together from coming back together. SQS hides nothing longer than 12 hours."""
    wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS << min(receives - 1, 10))
    least = retry_after.total_seconds() if retry_after else 0
    return min(
        LONGEST_HIDDEN_SECONDS,
        round(max(wait * (1 + jitter) / 2, least * (1 + jitter / 10) + jitter)),
    )
