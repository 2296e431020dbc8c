"""Publishes decisions from the outbox to the channels, the scheduler, the bus and the archive.

A repeat does no harm: the ledger and the claims recognise repeated actions, the scheduler knows
timers by name, and events, decisions and archived episodes have ids of their own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from hub.delivery.ports import ActionTopic, TimerSchedule
from hub.delivery.steps.claim_capacity import ClaimCapacity
from hub.history.ports import Archive, Decisions
from hub.identity.steps.forget_identities import ForgetIdentities
from hub.kernel.errors import HubError, Unavailable
from hub.messaging.domain import bus_records
from hub.messaging.ports import Bus, CustomerQueue, Refusals
from hub.model.decision import Action, Decision
from hub.model.episode import RecordedEpisode
from hub.model.event import Event

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DispatchDecisions:
    topic: ActionTopic
    schedule: TimerSchedule
    decisions: Decisions
    bus: Bus
    archive: Archive
    queue: CustomerQueue
    claim_capacity: ClaimCapacity
    forget_identities: ForgetIdentities

    def __call__(self, records: Sequence[RecordedEpisode]) -> dict[int, HubError]:
        """Publishes what several customer writes decided. Returns the failures by index."""
        failures: dict[int, HubError] = {}
        decided = [(i, decision) for i, r in enumerate(records) for decision in r.episode.decisions]
        self.decisions.save([decision for _, decision in decided])
        self.decisions.record_outcomes([mark for _, decision in decided for mark in decision.marks])
        actions: list[tuple[int, Action]] = []
        events: list[tuple[int, Event]] = []
        for i, record in enumerate(records):
            try:
                self.forget_identities(record)
                for outgoing in chain.from_iterable(
                    map(self._collect_outgoing, record.episode.decisions)
                ):
                    if isinstance(outgoing, Action):
                        actions.append((i, outgoing))
                    else:
                        events.append((i, outgoing))
            except HubError as error:
                failures[i] = error
        failures |= _send_indexed("an action", actions, self.topic.publish)
        failures |= _send_indexed("an event", events, self._publish_events)
        failures |= _send_indexed(
            "a decision", decided, lambda d: self._publish(bus_records.DECISION, d)
        )
        return self._archive_records(records) | failures

    def _collect_outgoing(self, decision: Decision) -> Iterator[Action | Event]:
        """Yields the actions that got the capacity that they need, and the events of the customer.

        Returned capacity is given back first, so that these actions can claim it.
        """
        self.claim_capacity.capacity.give_back(decision.returned)
        self.claim_capacity.capacity.complete(decision.completed)
        for timer in decision.timers:
            self.schedule.set(timer)
        for action in decision.actions:
            yield self.claim_capacity(action) or action
        yield from decision.resumed
        yield from map(Event.from_dict, decision.emitted)

    def _publish_events(self, events: Sequence[Event]) -> Refusals:
        return {**self._publish(bus_records.EVENT, events), **self.queue.send(events)}

    def _publish(self, kind: str, records: Sequence[Event] | Sequence[Decision]) -> Refusals:
        return self.bus.publish(kind, [record.to_dict() for record in records])

    def _archive_records(self, records: Sequence[RecordedEpisode]) -> dict[int, HubError]:
        """Stores the episodes. This comes last, so that no customer waits for it."""
        try:
            self.archive.store(records)
        except HubError as error:
            return dict.fromkeys(range(len(records)), error)
        return {}


def _send_indexed(
    kind: str, items: Sequence[tuple[int, T]], send: Callable[[Sequence[T]], Refusals]
) -> dict[int, HubError]:
    """Sends items, each with the index of its record. Returns the failures by that index."""
    refusals = send([item for _, item in items])
    return {
        items[position][0]: Unavailable(f"{kind} was not published: {reason}")
        for position, reason in refusals.items()
    }
