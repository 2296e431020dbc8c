"""Normalize: what a source sent becomes a canonical event of a known customer, or is parked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.identity.steps.resolve_identities import ResolveIdentities
from hub.intake.domain.normalization import Sources, normalize_payload
from hub.intake.ports import ParkedPayloads
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.measurement.steps.trace_actions import TraceActions
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus, ClaimCheck, CustomerQueue
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.surroundings.domain.thing_fact import is_fact_event, to_fact
from hub.surroundings.steps.record_facts import RecordFacts

MappedEvent = tuple[QueueMessage, InboundPayload | None, Event]


@dataclass(frozen=True, slots=True)
class NormalizeEvents:
    """Takes bus envelopes: raw deliveries of sources and the hub's own outcomes."""

    sources: Sources
    resolver: ResolveIdentities
    claim_check: ClaimCheck
    parked: ParkedPayloads
    queue: CustomerQueue
    bus: Bus
    record_facts: RecordFacts
    trace_actions: TraceActions

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        read: list[MappedEvent] = []
        for message in messages:
            try:
                read += self._read(message)
            except HubError as error:
                failures[message.id] = error
        told = [(message, event) for message, _, event in read if is_fact_event(event)]
        read = [one for one in read if not is_fact_event(one[2])]
        failures |= self.record_facts(told)
        read = self._add_traces(read)
        ready: list[tuple[QueueMessage, Event]] = []
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

    def _read(self, message: QueueMessage) -> list[MappedEvent]:
        envelope = message.body
        detail: Mapping[str, Any] = envelope["detail"]
        if envelope.get("source") == bus_records.OUTCOME:
            return [(message, None, Event.from_dict(detail))]
        delivery = InboundPayload.from_dict(detail)
        try:
            event = normalize_payload(delivery, self.sources, self.claim_check.get)
            if is_fact_event(event):
                to_fact(event)
        except Rejected as rejection:
            self.parked.park(delivery, rejection.field, rejection.reason)
            return []
        return [(message, delivery, event)]

    def _add_traces(self, read: Sequence[MappedEvent]) -> list[MappedEvent]:
        """What the hub tells of itself has its trace."""
        heard = iter(self.trace_actions([event for _, delivery, event in read if delivery]))
        return [(m, delivery, next(heard) if delivery else event) for m, delivery, event in read]

    def _send(self, ready: Sequence[tuple[QueueMessage, Event]]) -> dict[str, HubError]:
        events = [event for _, event in ready]
        refused = dict(self.queue.send(events))
        sent = [i for i in range(len(events)) if i not in refused]
        told = self.bus.publish(bus_records.EVENT, [events[i].to_dict() for i in sent])
        refused |= {sent[i]: reason for i, reason in told.items()}
        return {ready[i][0].id: Unavailable(reason) for i, reason in refused.items()}
