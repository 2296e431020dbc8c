"""Dispatch: what was decided leaves the customer table for the channels, the clock and the bus.

Everything here may be done twice: actions are told apart by the ledger, timers by their name,
decisions by their key.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.domain.decision import Decision
from hub.domain.errors import HubError, Unavailable
from hub.ports import Bus, Decisions, Schedule, Topic


@dataclass(frozen=True, slots=True)
class Dispatcher:
    topic: Topic
    schedule: Schedule
    decisions: Decisions
    bus: Bus

    def __call__(self, outboxes: Sequence[Sequence[Decision]]) -> dict[int, HubError]:
        """Publishes the outboxes of several customer writes. Returns the failures by index."""
        failures: dict[int, HubError] = {}
        decided = [(i, decision) for i, outbox in enumerate(outboxes) for decision in outbox]
        actions = [(i, action) for i, decision in decided for action in decision.actions]
        self.decisions.save([decision for _, decision in decided])
        for at, reason in self.topic.publish([action for _, action in actions]).items():
            failures[actions[at][0]] = Unavailable(f"an action was not published: {reason}")
        records = [decision.to_dict() for _, decision in decided]
        for at, reason in self.bus.publish("segue.decision", records).items():
            failures[decided[at][0]] = Unavailable(f"a decision was not published: {reason}")
        for i, decision in decided:
            try:
                for timer in decision.timers:
                    self.schedule.set(timer)
            except HubError as error:
                failures[i] = error
        return failures
