"""Noting: what events say of things goes to the surroundings, and on the bus for others."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.kernel.errors import Unavailable
from hub.kernel.queue_message import Message
from hub.messaging.ports import Bus
from hub.model.event import Event
from hub.surroundings.domain.thing_fact import fact_of
from hub.surroundings.ports import Things


@dataclass(frozen=True, slots=True)
class Noting:
    """Takes events of things. No customer is asked for, and nothing is decided on them."""

    things: Things
    bus: Bus

    def __call__(self, told: Sequence[tuple[Message, Event]]) -> dict[str, Unavailable]:
        """Returns the failures by message id."""
        self.things.note([fact_of(event) for _, event in told])
        refused = self.bus.publish("segue.event", [event.to_dict() for _, event in told])
        return {told[i][0].id: Unavailable(reason) for i, reason in refused.items()}
