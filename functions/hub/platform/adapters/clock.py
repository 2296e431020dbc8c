"""The time of day, to the millisecond, so that a stored time reads back unchanged."""

from datetime import UTC, datetime


def now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
