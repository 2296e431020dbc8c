"""Dispatch: what was decided leaves the customer table for channels, clock, bus and archive.

Everything here may be done twice: actions are told apart by the ledger and by what they were
answered when they claimed, timers by their name, events by their id, decisions by their key, and
what is archived by what is in it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from hub.delivery.ports import Schedule, Topic
from hub.delivery.steps.claim_capacity import Claiming
from hub.history.ports import Archive, Decisions
from hub.identity.steps.forget_identities import Forgetting
from hub.kernel.errors import HubError, Unavailable
from hub.messaging.ports import Bus, CustomerQueue, Refusals
from hub.model.decision import Action, Decision
from hub.model.episode import Recorded
from hub.model.event import Event

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dispatcher:
    topic: Topic
    schedule: Schedule
    decisions: Decisions
    bus: Bus
    archive: Archive
    queue: CustomerQueue
    claiming: Claiming
    forgetting: Forgetting

    def __call__(self, records: Sequence[Recorded]) -> dict[int, HubError]:
        """Publishes what several customer writes decided. Returns the failures by index."""
        failures: dict[int, HubError] = {}
        decided = [(i, decision) for i, r in enumerate(records) for decision in r.episode.decisions]
        self.decisions.save([decision for _, decision in decided])
        self.decisions.mark([mark for _, decision in decided for mark in decision.marks])
        actions: list[tuple[int, Action]] = []
        events: list[tuple[int, Event]] = []
        for i, record in enumerate(records):
            try:
                self.forgetting(record)
                for gone in chain.from_iterable(map(self._goes_out, record.episode.decisions)):
                    if isinstance(gone, Action):
                        actions.append((i, gone))
                    else:
                        events.append((i, gone))
            except HubError as error:
                failures[i] = error
        failures |= _sent("an action", actions, self.topic.publish)
        failures |= _sent("an event", events, self._tell)
        failures |= _sent("a decision", decided, lambda d: self._publish("segue.decision", d))
        return self._not_archived(records) | failures

    def _goes_out(self, decision: Decision) -> Iterator[Action | Event]:
        """The actions that were granted what they need, and the events that the customer is sent.

        What comes back is taken back first, so that it can be had.
        """
        self.claiming.capacity.give_back(decision.returned)
        self.claiming.capacity.complete(decision.completed)
        for timer in decision.timers:
            self.schedule.set(timer)
        for action in decision.actions:
            yield self.claiming(action) or action
        yield from decision.resumed
        yield from map(Event.from_dict, decision.emitted)

    def _tell(self, events: Sequence[Event]) -> Refusals:
        return {**self._publish("segue.event", events), **self.queue.send(events)}

    def _publish(self, kind: str, records: Sequence[Event] | Sequence[Decision]) -> Refusals:
        return self.bus.publish(kind, [record.to_dict() for record in records])

    def _not_archived(self, records: Sequence[Recorded]) -> dict[int, HubError]:
        """Last of all, so that no customer waits for it."""
        try:
            self.archive.keep(records)
        except HubError as error:
            return dict.fromkeys(range(len(records)), error)
        return {}


def _sent(
    what: str, things: Sequence[tuple[int, T]], send: Callable[[Sequence[T]], Refusals]
) -> dict[int, HubError]:
    refused = send([thing for _, thing in things])
    return {
        things[at][0]: Unavailable(f"{what} was not published: {reason}")
        for at, reason in refused.items()
    }
