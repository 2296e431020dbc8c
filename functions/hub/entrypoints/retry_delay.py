"""When a failed message comes again: later each time, and not before its provider wants it."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.entrypoints.log_records import logger, to_log_fields, wrap_unexpected
from hub.kernel.backoff import backoff_seconds
from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import Visibility


@dataclass(frozen=True, slots=True)
class RetryDelay:
    """`chance` draws a number from 0 to 1."""

    visibility: Visibility
    jitter: Callable[[], float]

    def __call__(self, message: QueueMessage, error: HubError) -> None:
        """A message that could not be postponed comes when its queue shows it again by itself."""
        seconds = backoff_seconds(
            message.receive_count, self.jitter(), getattr(error, "after", None)
        )
        try:
            self.visibility.hide(message, seconds)
        except HubError as trouble:
            said = to_log_fields(wrap_unexpected(trouble))
            logger.warning("message not postponed", extra={"message_id": message.id, **said})
