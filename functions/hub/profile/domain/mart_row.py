"""A row of the CRM's mart, as the event `mart.loaded` carries it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date

from hub.kernel.errors import Rejected
from hub.kernel.json_types import Json, JsonObject
from hub.kernel.times import to_iso
from hub.model.event import Event

MART_LOADED = "mart.loaded"
TOTALS = ("count", "spent", "returns", "returned")
MONEY_TOTALS = frozenset({"spent", "returned"})
FIRST_AND_LAST = ("first_at", "last_at")


@dataclass(frozen=True, slots=True)
class MartRow:
    """All that the mart has of one customer, from the event `event_id`.

    `key` is the mart's own key. The row is complete up to and including the day `through`. The hub
    received it on the day `received_on`, in UTC.
    """

    key: str
    customer_id: str
    through: str
    as_of: str
    event_id: str
    received_on: str
    totals: JsonObject = field(default_factory=dict)
    traits: JsonObject = field(default_factory=dict)


def read_mart_row(event: Event) -> MartRow:
    """Reads the row. Raises `Rejected` if its key or its day is missing or a total is malformed."""
    return MartRow(
        key=_read_text(event, "key"),
        customer_id=event.customer_id,
        through=_read_day(event, "through"),
        as_of=to_iso(event.occurred_at),
        event_id=event.id,
        received_on=event.received_at.astimezone(UTC).date().isoformat(),
        totals={
            name: _read_total(event, name)
            for name in (*TOTALS, *FIRST_AND_LAST)
            if _has_property(event, name)
        },
        traits=event.traits,
    )


def check_mart_row(event: Event) -> MartRow:
    """Reads the row, and also raises `Rejected` if its day had not begun when the hub received it.

    Such a row would hide every later one, and all that is bought until that day.
    """
    row = read_mart_row(event)
    if row.through > row.received_on:
        raise Rejected("is a day that has not begun", "properties.through")
    return row


def _has_property(event: Event, name: str) -> bool:
    return event.properties.get(name) is not None


def _read_total(event: Event, name: str) -> Json:
    value = event.properties[name]
    if name in FIRST_AND_LAST:
        return _read_text(event, name)
    if name in MONEY_TOTALS and not isinstance(value, Mapping):
        value = {event.properties.get("currency") or "": value}
    for number in value.values() if name in MONEY_TOTALS else [value]:
        if type(number) is not int:
            raise Rejected("is not a whole number", f"properties.{name}")
    return value


def _read_day(event: Event, name: str) -> str:
    try:
        return date.fromisoformat(_read_text(event, name)).isoformat()
    except ValueError as wrong:
        raise Rejected("is not a day such as 2026-11-22", f"properties.{name}") from wrong


def _read_text(event: Event, name: str) -> str:
    value = event.properties.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected("is missing", f"properties.{name}")
    return value
