"""Points in time as the hub writes them: UTC, milliseconds, a trailing Z, sortable as text."""

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """`2026-11-22T09:30:00.000Z` for an aware moment in any zone."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Reads an ISO 8601 time; one without a zone is taken as UTC. Raises ValueError."""
    parsed = datetime.fromisoformat(text)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
