"""Learn: what decisions teach goes into the counters that the next decision reads."""

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
    """Takes bus envelopes with decisions that have lessons, and learns a batch of them at once."""

    counters: CounterWriter
    clock: Clock

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        told: list[Feedback] = []
        for message in messages:
            try:
                told += self._read_feedback(message)
            except Rejected as rejection:
                failures[message.id] = rejection
        self.counters.add_feedback(told)
        return failures

    def _read_feedback(self, message: QueueMessage) -> list[Feedback]:
        try:
            decision = message.body["detail"]
            told = [Feedback.from_dict(lesson) for lesson in decision["lessons"]]
            decided_at = parse_time(decision["decided_at"])
        except (KeyError, TypeError, ValueError) as wrong:
            raise Rejected("is no decision with lessons") from wrong
        if self.clock() - decided_at > FEEDBACK_DEADLINE:
            unsure = (
                f"more than {FEEDBACK_DEADLINE.days} days ago: nobody knows whether it was learned"
            )
            raise Rejected(unsure, "decided_at")
        return told
