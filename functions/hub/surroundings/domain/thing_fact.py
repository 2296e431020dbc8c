"""Facts: what an event says of a product, call queue or promotion, not of a customer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.kernel.errors import Rejected
from hub.kernel.json_types import JsonObject
from hub.kernel.times import to_milliseconds
from hub.model.event import Event

FACT_EVENT_TYPES: Mapping[str, tuple[str, str]] = {
    "stock.changed": ("stock", "product"),
    "queue.changed": ("queues", "queue"),
    "promotion.changed": ("promotions", "promotion"),
}
"""Event type -> the part of `Surroundings` that it changes, and the property that names the
thing."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`properties` of a thing are true since `as_of`, in milliseconds.

    `event_id`, `source` and `received_at` are those of the event that said so.
    """

    kind: str
    name: str
    properties: JsonObject
    as_of: int
    event_id: str
    source: str
    received_at: datetime

    @property
    def rank(self) -> tuple[int, str]:
        """The fact with the highest rank counts; of two with one time it is always the same."""
        return self.as_of, self.event_id


def is_fact_event(event: Event) -> bool:
    """Whether the event is about a thing, so that it has no customer."""
    return event.type in FACT_EVENT_TYPES


def to_fact(event: Event) -> Fact:
    """Makes the fact of an event. Raises `Rejected` if the event does not name its thing."""
    kind, name_property = FACT_EVENT_TYPES[event.type]
    properties = dict(event.properties)
    name = properties.pop(name_property, None)
    if not isinstance(name, str) or not name:
        raise Rejected(f"does not name its {name_property}", f"properties.{name_property}")
    as_of = to_milliseconds(event.occurred_at)
    return Fact(kind, name, properties, as_of, event.id, event.source, event.received_at)


def select_newest(facts: Iterable[Fact]) -> list[Fact]:
    """Selects the latest fact of each thing."""
    newest: dict[tuple[str, str], Fact] = {}
    for fact in sorted(facts, key=lambda fact: fact.rank):
        newest[fact.kind, fact.name] = fact
    return list(newest.values())
