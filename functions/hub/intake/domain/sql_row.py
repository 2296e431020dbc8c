"""A row of a database: as a payload, under an id of its own, at its place in the order."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from urllib.parse import quote

from hub.intake.domain.polling_definition import Mark, Polling
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import safe_id

Row = Mapping[str, Any]
_MOST_EXACT = 2**63


def mark_of(row: Row, polling: Polling) -> Mark:
    """Times in UTC where they name a zone. Raises `Rejected` where there is none."""
    mark = row.get(polling.watermark)
    if isinstance(mark, bool) or not isinstance(mark, datetime | Decimal | int):
        raise Rejected("is neither a time nor a number", polling.watermark)
    if isinstance(mark, datetime) and mark.tzinfo is not None:
        return mark.astimezone(UTC)
    return mark


def id_of(row: Row, mark: Mark, polling: Polling) -> str:
    """The same for the same row, and for no other. Raises `Rejected` where a key is missing."""
    for column in polling.key:
        if row.get(column) is None:
            raise Rejected("is missing, and without it the row has no id", column)
    parts = [row[column] for column in polling.key]
    told = [*parts, mark] if polling.changes else parts
    return safe_id(":".join(quote(str(plain(part)), safe="") for part in told))


def payload_of(row: Row) -> dict[str, Any]:
    """Its columns by name, as JSON."""
    return {name: plain(value) for name, value in row.items()}


def plain(value: Any) -> Any:
    """Exact numbers as text, times in ISO 8601, bytes in hexadecimal; what JSON knows as it is."""
    for kinds, told in _TOLD:
        if isinstance(value, kinds):
            return told(value)
    return str(value)


def _whole(value: int) -> int | str:
    return value if abs(value) < _MOST_EXACT else str(value)


def _exact(value: Decimal) -> str | None:
    return f"{value:f}" if value.is_finite() else None


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_TOLD: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((type(None), bool, str), lambda value: value),
    (int, _whole),
    (float, lambda value: value if isfinite(value) else None),
    (Decimal, _exact),
    (datetime, _moment),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, lambda value: value.total_seconds()),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).hex()),
    ((list, tuple), lambda value: [plain(item) for item in value]),
    (Mapping, lambda value: {str(name): plain(item) for name, item in value.items()}),
)
