"""Normalize: what a source sent becomes a canonical event of a known customer, or is parked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.identity.steps.resolve_identities import Resolver
from hub.intake.domain.normalization import Sources, read_delivery
from hub.intake.ports import Parked
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import Message
from hub.measurement.steps.trace_actions import Tracing
from hub.messaging.ports import Bus, Claims, CustomerQueue
from hub.model.event import Event
from hub.model.inbound_payload import Delivery
from hub.surroundings.domain.thing_fact import fact_of, is_of_a_thing
from hub.surroundings.steps.record_facts import Noting

Read = tuple[Message, Delivery | None, Event]


@dataclass(frozen=True, slots=True)
class Normalizer:
    """Takes bus envelopes: raw deliveries of sources and the hub's own outcomes."""

    sources: Sources
    resolver: Resolver
    claims: Claims
    parked: Parked
    queue: CustomerQueue
    bus: Bus
    noting: Noting
    tracing: Tracing

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        read: list[Read] = []
        for message in messages:
            try:
                read += self._read(message)
            except HubError as error:
                failures[message.id] = error
        told = [(message, event) for message, _, event in read if is_of_a_thing(event)]
        read = [one for one in read if not is_of_a_thing(one[2])]
        failures |= self.noting(told)
        read = self._traced(read)
        ready: list[tuple[Message, Event]] = []
        unnamed = [event for _, _, event in read if not event.customer_id]
        named = iter(self.resolver.resolve(unnamed))
        for message, delivery, event in read:
            owned = event if event.customer_id else next(named)
            if isinstance(owned, Event):
                ready.append((message, owned))
            elif delivery:
                self.parked.park(delivery, owned.field, owned.reason)
            else:
                failures[message.id] = owned
        return failures | self._send(ready)

    def _read(self, message: Message) -> list[Read]:
        envelope = message.body
        detail: Mapping[str, Any] = envelope["detail"]
        if envelope.get("source") == "segue.outcome":
            return [(message, None, Event.from_dict(detail))]
        delivery = Delivery.from_dict(detail)
        try:
            event = read_delivery(delivery, self.sources, self.claims.get)
            if is_of_a_thing(event):
                fact_of(event)
        except Rejected as rejection:
            self.parked.park(delivery, rejection.field, rejection.reason)
            return []
        return [(message, delivery, event)]

    def _traced(self, read: Sequence[Read]) -> list[Read]:
        """What the hub tells of itself has its trace."""
        heard = iter(self.tracing([event for _, delivery, event in read if delivery]))
        return [(m, delivery, next(heard) if delivery else event) for m, delivery, event in read]

    def _send(self, ready: Sequence[tuple[Message, Event]]) -> dict[str, HubError]:
        events = [event for _, event in ready]
        refused = dict(self.queue.send(events))
        sent = [i for i in range(len(events)) if i not in refused]
        told = self.bus.publish("segue.event", [events[i].to_dict() for i in sent])
        refused |= {sent[i]: reason for i, reason in told.items()}
        return {ready[i][0].id: Unavailable(reason) for i, reason in refused.items()}
