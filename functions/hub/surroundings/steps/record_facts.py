"""Stores facts about things in the surroundings and publishes their events."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.kernel.errors import Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus
from hub.model.event import Event
from hub.surroundings.domain.thing_fact import to_fact
from hub.surroundings.ports import FactStore


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Takes events about things. They have no customer and lead to no decision."""

    facts: FactStore
    bus: Bus

    def __call__(self, events: Sequence[tuple[QueueMessage, Event]]) -> dict[str, Unavailable]:
        """Returns the failures by message id."""
        self.facts.note([to_fact(event) for _, event in events])
        refusals = self.bus.publish(bus_records.EVENT, [event.to_dict() for _, event in events])
        return {events[i][0].id: Unavailable(reason) for i, reason in refusals.items()}
