"""Drops: the announcements that a file lies in the bucket, each led to the loader.

A file that takes longer than a function may is handed on: the announcement is sent to the same
queue again, one turn later, once all that was read is written down.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.intake.domain.file_reconciliation import FileAnnouncement, Reconciliation
from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError, Rejected, Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import RetryQueue

TURN = "turn"


@dataclass(frozen=True, slots=True)
class AnnouncedFiles:
    """Takes S3's `Object Created` events as EventBridge wraps them."""

    load: Callable[[FileAnnouncement], Reconciliation | None]
    next_turn: RetryQueue

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, self._load)

    def _load(self, message: QueueMessage) -> None:
        drop = _parse_announcement(message.body)
        account = self.load(drop)
        if account is None or account.finished_at:
            return
        handed = {**message.body, TURN: drop.turn + 1}
        for reason in self.next_turn.send([handed]).values():
            raise Unavailable(f"the next turn at a file could not be sent: {reason}")


def _parse_announcement(body: Mapping[str, Any]) -> FileAnnouncement:
    try:
        dropped = body["detail"]["object"]
        return FileAnnouncement(
            dropped["key"], dropped["etag"], body.get("id", ""), int(body.get(TURN, 0))
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise Rejected("does not announce a file", "detail.object") from wrong
