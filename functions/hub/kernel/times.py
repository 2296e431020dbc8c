"""Points in time in the hub's form: UTC, milliseconds, a trailing Z, sortable as text."""

from datetime import UTC, datetime
from functools import lru_cache


def to_iso(moment: datetime) -> str:
    """Formats an aware time of any zone as `2026-11-22T09:30:00.000Z`."""
    return _format_utc(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(64)
def _format_utc(moment: datetime) -> str:
    """Formats a time in UTC. The cache helps because a decision formats the same times often.

    Only times in UTC may be cached: where a zone puts its clock back, the repeated hour compares
    equal to the first one.
    """
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Parses an ISO 8601 time; one without a zone is UTC.

    Raises ValueError, also for a time that is not in the years 1 to 9999 in UTC.
    """
    parsed = datetime.fromisoformat(text)
    try:
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is not in the years 1 to 9999") from error


def to_milliseconds(at: datetime) -> int:
    """The milliseconds since the Unix epoch."""
    return round(at.timestamp() * 1000)
