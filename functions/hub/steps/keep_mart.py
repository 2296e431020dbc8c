"""Keep the mart: what its batches told, row by row, beside the customers whom the rows became."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.domain.errors import HubError
from hub.domain.event import Event
from hub.domain.mart_row import row_of
from hub.domain.message import Message
from hub.ports import Mart
from hub.steps.each import each


@dataclass(frozen=True, slots=True)
class MartKeeper:
    """Takes `mart.loaded` off the bus."""

    mart: Mart

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return each(messages, self._keep)

    def _keep(self, message: Message) -> None:
        self.mart.keep(row_of(Event.from_dict(message.body.get("detail", {}))))
