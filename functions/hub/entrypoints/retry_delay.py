"""When a failed message comes again: later each time, and not before its provider wants it."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.entrypoints.log_records import facts, logger, named
from hub.kernel.backoff import backoff
from hub.kernel.errors import HubError
from hub.kernel.queue_message import Message
from hub.messaging.ports import Visibility


@dataclass(frozen=True, slots=True)
class Postponing:
    """`chance` draws a number from 0 to 1."""

    visibility: Visibility
    chance: Callable[[], float]

    def __call__(self, message: Message, error: HubError) -> None:
        """A message that could not be postponed comes when its queue shows it again by itself."""
        seconds = backoff(message.receives, self.chance(), getattr(error, "after", None))
        try:
            self.visibility.hide(message, seconds)
        except HubError as trouble:
            said = facts(named(trouble))
            logger.warning("message not postponed", extra={"message_id": message.id, **said})
