"""The delay before a failed message comes again: longer each time, and as its provider asks."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.entrypoints.log_records import logger, to_log_fields, wrap_unexpected
from hub.kernel.backoff import backoff_seconds
from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import Visibility


@dataclass(frozen=True, slots=True)
class RetryDelay:
    """`jitter` draws a number from 0 to 1."""

    visibility: Visibility
    jitter: Callable[[], float]

    def __call__(self, message: QueueMessage, error: HubError) -> None:
        """Hides the message. If that fails, the queue's own visibility timeout applies."""
        seconds = backoff_seconds(
            message.receive_count, self.jitter(), getattr(error, "after", None)
        )
        try:
            self.visibility.hide(message, seconds)
        except HubError as hide_error:
            error_fields = to_log_fields(wrap_unexpected(hide_error))
            logger.warning(
                "message not postponed", extra={"message_id": message.id, **error_fields}
            )
