"""What an event says of a thing and not of a person: a product, a call queue, a promotion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.kernel.errors import Rejected
from hub.kernel.times import to_milliseconds
from hub.model.event import Event

FACT_EVENT_TYPES: Mapping[str, tuple[str, str]] = {
    "stock.changed": ("stock", "product"),
    "queue.changed": ("queues", "queue"),
    "promotion.changed": ("promotions", "promotion"),
}
"""Event type -> the part of `Surroundings` it is read in, and the property that names the thing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`says` is what of the thing is so since `as_of`, in milliseconds, as the event told that
    `source` sent and the hub received at `told_at`."""

    kind: str
    name: str
    properties: Mapping[str, Any]
    as_of: int
    event_id: str
    source: str
    received_at: datetime

    @property
    def rank(self) -> tuple[int, str]:
        """The later fact counts; of two as late as each other it is always the same one."""
        return self.as_of, self.event_id


def is_fact_event(event: Event) -> bool:
    """Whether nobody need be asked who it is about."""
    return event.type in FACT_EVENT_TYPES


def to_fact(event: Event) -> Fact:
    """Raises `Rejected` when the event does not name its thing."""
    kind, by = FACT_EVENT_TYPES[event.type]
    says = dict(event.properties)
    name = says.pop(by, None)
    if not isinstance(name, str) or not name:
        raise Rejected(f"does not say which {by} it is about", f"properties.{by}")
    as_of = to_milliseconds(event.occurred_at)
    return Fact(kind, name, says, as_of, event.id, event.source, event.received_at)


def select_newest(facts: Iterable[Fact]) -> list[Fact]:
    """The latest fact of each thing."""
    found: dict[tuple[str, str], Fact] = {}
    for fact in sorted(facts, key=lambda fact: fact.rank):
        found[fact.kind, fact.name] = fact
    return list(found.values())
