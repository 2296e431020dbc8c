"""A row of a database: as a payload, under an id of its own, at its place in the order."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from urllib.parse import quote

from hub.intake.domain.polling_definition import PollingDefinition, WatermarkValue
from hub.kernel.errors import Rejected
from hub.kernel.safe_id import to_safe_id

DatabaseRow = Mapping[str, Any]
_MOST_EXACT = 2**63


def read_watermark_value(row: DatabaseRow, polling: PollingDefinition) -> WatermarkValue:
    """Times in UTC where they name a zone. Raises `Rejected` where there is none."""
    mark = row.get(polling.watermark)
    if isinstance(mark, bool) or not isinstance(mark, datetime | Decimal | int):
        raise Rejected("is neither a time nor a number", polling.watermark)
    if isinstance(mark, datetime) and mark.tzinfo is not None:
        return mark.astimezone(UTC)
    return mark


def build_row_id(row: DatabaseRow, value: WatermarkValue, polling: PollingDefinition) -> str:
    """The same for the same row, and for no other. Raises `Rejected` where a key is missing."""
    for column in polling.key:
        if row.get(column) is None:
            raise Rejected("is missing, and without it the row has no id", column)
    parts = [row[column] for column in polling.key]
    told = [*parts, value] if polling.changes else parts
    return to_safe_id(":".join(quote(str(to_json_value(part)), safe="") for part in told))


def to_payload(row: DatabaseRow) -> dict[str, Any]:
    """Its columns by name, as JSON."""
    return {name: to_json_value(value) for name, value in row.items()}


def to_json_value(value: Any) -> Any:
    """Exact numbers as text, times in ISO 8601, bytes in hexadecimal; what JSON knows as it is."""
    for kinds, told in _CONVERSIONS:
        if isinstance(value, kinds):
            return told(value)
    return str(value)


def _convert_int(value: int) -> int | str:
    return value if abs(value) < _MOST_EXACT else str(value)


def _convert_decimal(value: Decimal) -> str | None:
    return f"{value:f}" if value.is_finite() else None


def _convert_datetime(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_CONVERSIONS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((type(None), bool, str), lambda value: value),
    (int, _convert_int),
    (float, lambda value: value if isfinite(value) else None),
    (Decimal, _convert_decimal),
    (datetime, _convert_datetime),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, lambda value: value.total_seconds()),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).hex()),
    ((list, tuple), lambda value: [to_json_value(item) for item in value]),
    (Mapping, lambda value: {str(name): to_json_value(item) for name, item in value.items()}),
)
