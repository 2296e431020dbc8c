"""The time of day."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
