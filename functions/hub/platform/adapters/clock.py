"""The time of day, to the millisecond: what is written down is read back as it was."""

from datetime import UTC, datetime


def now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
