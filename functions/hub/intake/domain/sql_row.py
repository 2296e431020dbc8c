"""A row of a database: its payload, its delivery id and its watermark value."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from urllib.parse import quote

from hub.intake.domain.polling_definition import PollingDefinition, WatermarkValue
from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json
from hub.kernel.safe_id import to_safe_id

DatabaseRow = Mapping[str, object]
_MOST_EXACT = 2**63


def read_watermark_value(row: DatabaseRow, polling: PollingDefinition) -> WatermarkValue:
    """Returns the value; a time with a zone is in UTC. Raises `Rejected` if there is none."""
    value = row.get(polling.watermark)
    if isinstance(value, bool) or not isinstance(value, datetime | Decimal | int):
        raise Rejected("is neither a time nor a number", polling.watermark)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    return value


def build_row_id(row: DatabaseRow, value: WatermarkValue, polling: PollingDefinition) -> str:
    """Builds the id, which no other row has. Raises `Rejected` if a column of the key is empty."""
    for column in polling.key:
        if row.get(column) is None:
            raise Rejected("is missing, and without it the row has no id", column)
    key = [row[column] for column in polling.key]
    parts = [*key, value] if polling.changes else key
    return to_safe_id(":".join(quote(str(to_json_value(part)), safe="") for part in parts))


def to_payload(row: DatabaseRow) -> dict[str, Json]:
    """Returns the columns by name, as JSON."""
    return {name: to_json_value(value) for name, value in row.items()}


def to_json_value(value: object) -> Json:
    """Converts a value of a database to JSON.

    Exact numbers become texts, times ISO 8601, and bytes hexadecimal. Values that JSON has stay.
    """
    for types, convert in _CONVERSIONS:
        if isinstance(value, types):
            return convert(value)
    return str(value)


def _convert_int(value: int) -> int | str:
    return value if abs(value) < _MOST_EXACT else str(value)


def _convert_decimal(value: Decimal) -> str | None:
    return f"{value:f}" if value.is_finite() else None


def _convert_datetime(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    try:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return value.isoformat()


_CONVERSIONS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Json]], ...] = (
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
