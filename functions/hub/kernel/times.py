"""Points in time as the hub writes them: UTC, milliseconds, a trailing Z, sortable as text."""

from datetime import UTC, datetime
from functools import lru_cache


def to_iso(moment: datetime) -> str:
    """`2026-11-22T09:30:00.000Z` for an aware moment in any zone."""
    return _format_utc(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(64)
def _format_utc(moment: datetime) -> str:
    """A decision writes its two or three moments many times. Only UTC is safe to remember: of a
    clock put back, the hour that strikes twice is equal to itself."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Reads an ISO 8601 time; one without a zone is taken as UTC. Raises ValueError."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def to_milliseconds(at: datetime) -> int:
    """Of the Unix epoch."""
    return round(at.timestamp() * 1000)
