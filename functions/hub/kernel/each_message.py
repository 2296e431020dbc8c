"""Messages that have nothing to do with each other, one after the other."""

from collections.abc import Callable, Mapping, Sequence

from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage


def run_each(
    messages: Sequence[QueueMessage], do: Callable[[QueueMessage], None]
) -> Mapping[str, HubError]:
    """Returns the failures by message id: one that fails leaves its neighbours alone."""
    failures: dict[str, HubError] = {}
    for message in messages:
        try:
            do(message)
        except HubError as error:
            failures[message.id] = error
    return failures
