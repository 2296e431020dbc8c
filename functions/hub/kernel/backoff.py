"""How long a failed message stays out of sight before it is tried again."""

from datetime import timedelta

FIRST, LONGEST = 2, 900
MOST = 11 * 3600


def backoff(receives: int, chance: float, asked: timedelta | None = None) -> int:
    """Seconds: doubling from 2 to 15 minutes, and no less than was `asked`; `chance` (0 to 1) keeps
    those that failed together from coming back together. SQS hides nothing longer than 12 hours."""
    wait = min(LONGEST, FIRST << min(receives - 1, 10))
    least = asked.total_seconds() if asked else 0
    return min(MOST, round(max(wait * (1 + chance) / 2, least * (1 + chance / 10) + chance)))
