"""A row of the CRM's mart, as the event `mart.loaded` tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.kernel.errors import Rejected
from hub.kernel.times import iso
from hub.model.event import Event

TOTALS = ("count", "spent", "returns", "returned")
MONEY = frozenset({"spent", "returned"})
EDGES = ("first_at", "last_at")


@dataclass(frozen=True, slots=True)
class MartRow:
    """All that the mart has of one customer, as the event `event_id` told it."""

    key: str
    customer_id: str
    through: str
    as_of: str
    event_id: str
    totals: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)


def row_of(event: Event) -> MartRow:
    """Raises `Rejected` where it does not say whose it is or through which day it is complete, or
    a total is none."""
    return MartRow(
        key=_text(event, "key"),
        customer_id=event.customer_id,
        through=_day(event, "through"),
        as_of=iso(event.occurred_at),
        event_id=event.id,
        totals={name: _total(event, name) for name in (*TOTALS, *EDGES) if _is_told(event, name)},
        traits=event.traits,
    )


def _is_told(event: Event, name: str) -> bool:
    return event.properties.get(name) is not None


def _total(event: Event, name: str) -> Any:
    value = event.properties[name]
    if name in EDGES:
        return _text(event, name)
    if name in MONEY and not isinstance(value, Mapping):
        value = {event.properties.get("currency") or "": value}
    for number in value.values() if name in MONEY else [value]:
        if type(number) is not int:
            raise Rejected("is no whole number", f"properties.{name}")
    return value


def _day(event: Event, name: str) -> str:
    try:
        return date.fromisoformat(_text(event, name)).isoformat()
    except ValueError as wrong:
        raise Rejected("is no day such as 2026-11-22", f"properties.{name}") from wrong


def _text(event: Event, name: str) -> str:
    value = event.properties.get(name)
    if not isinstance(value, str) or not value:
        raise Rejected("is missing", f"properties.{name}")
    return value
