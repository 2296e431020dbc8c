"""Keep the mart: what its batches told, row by row, beside the customers whom the rows became."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.kernel.each_message import each
from hub.kernel.errors import HubError
from hub.kernel.queue_message import Message
from hub.model.event import Event
from hub.profile.domain.mart_row import row_of
from hub.profile.ports import Mart


@dataclass(frozen=True, slots=True)
class MartKeeper:
    """Takes `mart.loaded` off the bus."""

    mart: Mart

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return each(messages, self._keep)

    def _keep(self, message: Message) -> None:
        self.mart.keep(row_of(Event.from_dict(message.body.get("detail", {}))))
