"""Noting: what events say of things goes to the surroundings, and on the bus for others."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.kernel.errors import Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import Bus
from hub.model.event import Event
from hub.surroundings.domain.thing_fact import to_fact
from hub.surroundings.ports import FactStore


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """Takes events of things. No customer is asked for, and nothing is decided on them."""

    facts: FactStore
    bus: Bus

    def __call__(self, events: Sequence[tuple[QueueMessage, Event]]) -> dict[str, Unavailable]:
        """Returns the failures by message id."""
        self.facts.note([to_fact(event) for _, event in events])
        refused = self.bus.publish("segue.event", [event.to_dict() for _, event in events])
        return {events[i][0].id: Unavailable(reason) for i, reason in refused.items()}
