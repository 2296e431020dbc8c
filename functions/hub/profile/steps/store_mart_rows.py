"""Stores the rows of the mart's batches, beside the customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.kernel.each_message import run_each
from hub.kernel.errors import HubError
from hub.kernel.queue_message import QueueMessage
from hub.model.event import Event
from hub.profile.domain.mart_row import check_mart_row
from hub.profile.ports import Mart


@dataclass(frozen=True, slots=True)
class StoreMartRows:
    """Takes the events `mart.loaded` from the bus."""

    mart: Mart

    def __call__(self, messages: Sequence[QueueMessage]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return run_each(messages, self._store)

    def _store(self, message: QueueMessage) -> None:
        self.mart.store(check_mart_row(Event.from_dict(message.body.get("detail", {}))))
