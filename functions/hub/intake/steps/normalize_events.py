"""Normalizes inbound payloads to canonical events with a customer, or parks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.contact_policy.domain.address_refusals import build_refusal_of_addressee
from hub.contact_policy.steps.record_statements import RecordStatements
from hub.identity.steps.resolve_identities import ResolveIdentities
from hub.intake.domain.normalization import Sources, normalize_payload
from hub.intake.domain.trust_level import apply_trust_level, note_left_out
from hub.intake.ports import ParkedPayloads
from hub.intake.steps.limit_public_keys import LimitPublicKeys
from hub.intake.steps.refuse_for_unproven import RefuseForUnproven
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.json_types import JsonObject
from hub.kernel.queue_message import QueueMessage
from hub.measurement.steps.trace_actions import TraceActions, drop_foreign_trace
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus, ClaimCheck, CustomerQueue
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload
from hub.profile.domain.event_essentials import check_money
from hub.profile.domain.mart_row import MART_LOADED, check_mart_row
from hub.surroundings.domain.thing_fact import is_fact_event, to_fact
from hub.surroundings.steps.record_facts import RecordFacts

MappedEvent = tuple[QueueMessage, InboundPayload | None, Event]


@dataclass(frozen=True, slots=True)
class NormalizeEvents:
    """Takes bus envelopes: sources' inbound payloads and the hub's own outcomes."""

    sources: Sources
    resolver: ResolveIdentities
    claim_check: ClaimCheck
    parked: ParkedPayloads
    queue: CustomerQueue
    bus: Bus
    record_facts: RecordFacts
    trace_actions: TraceActions
    record_statements: RecordStatements
    limit_public_keys: LimitPublicKeys
    refuse_for_unproven: RefuseForUnproven

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        mapped: list[MappedEvent] = []
        for message in messages:
            try:
                mapped += self._map(message)
            except HubError as error:
                failures[message.id] = error
        mapped = self._park_surplus(mapped)
        fact_events = [(message, event) for message, _, event in mapped if is_fact_event(event)]
        failures |= self.record_facts(fact_events)
        customer_events = [entry for entry in mapped if not is_fact_event(entry[2])]
        ready, unresolved = self._resolve(self._add_traces(customer_events))
        sent = {event.id: event.identities for _, _, event in customer_events}
        recorded, unrecorded = self._record_statements(ready, sent)
        return failures | unresolved | unrecorded | self._send(recorded)

    def _map(self, message: QueueMessage) -> list[MappedEvent]:
        """Returns the event of a message; none if it parked the payload."""
        envelope = message.body
        detail: JsonObject = envelope["detail"]
        if envelope.get("source") == bus_records.OUTCOME:
            return [(message, None, Event.from_dict(detail))]
        payload = InboundPayload.from_dict(detail)
        try:
            event = self._apply_trust_level(
                normalize_payload(payload, self.sources, self.claim_check.get), payload
            )
            if is_fact_event(event):
                to_fact(event)
            elif event.type == MART_LOADED:
                check_mart_row(event)
            if "consent" not in event.traits:
                # decide stores what an event refuses before it parks the event.
                check_money(event)
        except Rejected as rejection:
            self.parked.park(payload, rejection.field, rejection.reason)
            return []
        return [(message, payload, event)]

    def _park_surplus(self, mapped: Sequence[MappedEvent]) -> list[MappedEvent]:
        """Returns the events without those that are over the limit of a public key."""
        over = self.limit_public_keys([(payload, event) for _, payload, event in mapped])
        for index, (_, payload, _) in enumerate(mapped):
            if payload and index in over:
                self.parked.park(payload, "key", self.limit_public_keys.reason)
        return [entry for index, entry in enumerate(mapped) if index not in over]

    def _apply_trust_level(self, event: Event, payload: InboundPayload) -> Event:
        namespaces = self.resolver.namespaces
        if payload.proof_fault:
            event = note_left_out(event, {"proof": payload.proof_fault})
        return apply_trust_level(
            event,
            self._find_proven_identities(event, payload),
            namespaces.bearers,
            lambda identities: namespaces.normalize_keys(identities).values,
        )

    def _find_proven_identities(self, event: Event, payload: InboundPayload) -> Mapping[str, str]:
        source = self.sources.find(payload.source)
        proves = source.proves if source else ()
        confirmed = {name: event.identities[name] for name in proves if name in event.identities}
        return {**confirmed, **payload.proven}

    def _add_traces(self, mapped: Sequence[MappedEvent]) -> list[MappedEvent]:
        """Adds traces to the events of sources. The hub's own events already have them."""
        traced = iter(self.trace_actions([event for _, payload, event in mapped if payload]))
        return [
            (message, payload, next(traced) if payload else event)
            for message, payload, event in mapped
        ]

    def _resolve(
        self, mapped: Sequence[MappedEvent]
    ) -> tuple[list[tuple[QueueMessage, Event]], dict[str, HubError]]:
        """Returns the events with their customers, and the failures by message id.

        It parks a payload whose customer it cannot resolve; an outcome has none and so fails.
        """
        failures: dict[str, HubError] = {}
        ready: list[tuple[QueueMessage, Event]] = []
        anonymous = [event for _, _, event in mapped if not event.customer_id]
        resolutions = iter(self.resolver.resolve(anonymous))
        for message, payload, event in mapped:
            resolution = event if event.customer_id else next(resolutions)
            if isinstance(resolution, Event):
                ready.append((message, drop_foreign_trace(resolution) if payload else resolution))
            elif payload:
                self.parked.park(payload, resolution.field, resolution.reason)
            else:
                failures[message.id] = resolution
        return ready, failures

    def _record_statements(
        self, ready: Sequence[tuple[QueueMessage, Event]], sent: Mapping[str, Mapping[str, str]]
    ) -> tuple[list[tuple[QueueMessage, Event]], dict[str, HubError]]:
        """Returns what to send and the failures by message id. Whoever decides on an event knows
        what the address said by it."""
        failures = self.record_statements([event for _, event in ready], sent)
        recorded: list[tuple[QueueMessage, Event]] = []
        for index, (message, event) in enumerate(ready):
            if index not in failures:
                recorded.append((message, event))
                if refusal := build_refusal_of_addressee(event):
                    recorded.append((message, refusal))
                recorded += [(message, refusal) for refusal in self.refuse_for_unproven(event)]
        return recorded, {ready[index][0].id: error for index, error in failures.items()}

    def _send(self, ready: Sequence[tuple[QueueMessage, Event]]) -> dict[str, HubError]:
        """Sends the events to the customer queue and publishes those that it took."""
        events = [event for _, event in ready]
        refusals = dict(self.queue.send(events))
        sent = [index for index in range(len(events)) if index not in refusals]
        records = [events[index].to_dict() for index in sent]
        bus_refusals = self.bus.publish(bus_records.EVENT, records)
        refusals |= {sent[index]: reason for index, reason in bus_refusals.items()}
        return {ready[index][0].id: Unavailable(reason) for index, reason in refusals.items()}
