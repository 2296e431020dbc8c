"""Running a function on messages that do not depend on each other."""

from collections.abc import Callable, Mapping, Sequence

from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage


def run_each(
    messages: Sequence[QueueMessage], do: Callable[[QueueMessage], None]
) -> Mapping[str, HubError]:
    """Returns the failures by message id: one failure does not stop the other messages."""
    failures: dict[str, HubError] = {}
    for message in messages:
        try:
            do(message)
        except HubError as error:
            failures[message.id] = error
    return failures
