"""Loads the files that messages announce, in several turns if a file takes too long.

If a function's time ends before the file does, the function stores its progress and sends the
announcement to its own queue again, as the next turn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hub.intake.domain.file_reconciliation import FileAnnouncement, Reconciliation
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.json_types import JsonObject
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import RetryQueue

TURN = "turn"


@dataclass(frozen=True, slots=True)
class AnnouncedFiles:
    """Takes S3's `Object Created` events from EventBridge."""

    load: Callable[[FileAnnouncement], Reconciliation | None]
    next_turn: RetryQueue

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, self._load)

    def _load(self, message: QueueMessage) -> None:
        announcement = _parse_announcement(message.body)
        reconciliation = self.load(announcement)
        if reconciliation is None or reconciliation.finished_at:
            return
        next_message = {**message.body, TURN: announcement.turn + 1}
        for reason in self.next_turn.send([next_message]).values():
            raise Unavailable(f"the retry queue did not take the next turn of a file: {reason}")


def _parse_announcement(body: JsonObject) -> FileAnnouncement:
    try:
        file = body["detail"]["object"]
        return FileAnnouncement(
            file["key"], file["etag"], body.get("id", ""), int(body.get(TURN, 0))
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected("is not the announcement of a file", "detail.object") from error
