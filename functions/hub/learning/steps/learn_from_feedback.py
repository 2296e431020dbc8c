"""Adds the feedback of decisions to the counters that the next decision reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import QueueMessage
from hub.kernel.times import parse_time
from hub.learning.domain.feedback import FEEDBACK_DEADLINE, Feedback
from hub.learning.ports import CounterWriter
from hub.platform.ports import Clock


@dataclass(frozen=True, slots=True)
class LearnFromFeedback:
    """Counts the feedback of a batch of decisions, each in the envelope of the event bus."""

    counters: CounterWriter
    clock: Clock

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        feedback: list[Feedback] = []
        for message in messages:
            try:
                feedback += self._read_feedback(message)
            except Rejected as rejection:
                failures[message.id] = rejection
        self.counters.add_feedback(feedback)
        return failures

    def _read_feedback(self, message: QueueMessage) -> list[Feedback]:
        try:
            decision = message.body["detail"]
            feedback = [Feedback.from_dict(entry) for entry in decision["lessons"]]
            decided_at = parse_time(decision["decided_at"])
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected("is not a decision with lessons") from error
        if self.clock() - decided_at > FEEDBACK_DEADLINE:
            days = FEEDBACK_DEADLINE.days
            raise Rejected(
                f"is more than {days} days ago: it may have been counted already", "decided_at"
            )
        return feedback
