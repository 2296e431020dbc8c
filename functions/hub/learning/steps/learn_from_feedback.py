"""Learn: what decisions teach goes into the counters that the next decision reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.kernel.errors import HubError, Rejected
from hub.kernel.queue_message import Message
from hub.kernel.times import moment
from hub.learning.domain.feedback import LATEST, Lesson
from hub.learning.ports import Lessons
from hub.platform.ports import Clock


@dataclass(frozen=True, slots=True)
class Student:
    """Takes bus envelopes with decisions that have lessons, and learns a batch of them at once."""

    lessons: Lessons
    clock: Clock

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        failures: dict[str, HubError] = {}
        told: list[Lesson] = []
        for message in messages:
            try:
                told += self._told(message)
            except Rejected as rejection:
                failures[message.id] = rejection
        self.lessons.learn(told)
        return failures

    def _told(self, message: Message) -> list[Lesson]:
        try:
            decision = message.body["detail"]
            told = [Lesson.from_dict(lesson) for lesson in decision["lessons"]]
            decided_at = moment(decision["decided_at"])
        except (KeyError, TypeError, ValueError) as wrong:
            raise Rejected("is no decision with lessons") from wrong
        if self.clock() - decided_at > LATEST:
            unsure = f"more than {LATEST.days} days ago: nobody knows whether it was learned"
            raise Rejected(unsure, "decided_at")
        return told
