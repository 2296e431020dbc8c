"""Drops: the announcements that a file lies in the bucket, each led to `load_file`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.domain.errors import HubError, Rejected
from hub.domain.message import Message
from hub.domain.source import Sources
from hub.ports import Bus, Clock, Files
from hub.steps.each import each
from hub.steps.load import load_file


@dataclass(frozen=True, slots=True)
class Drops:
    """Takes S3's `Object Created` events as EventBridge wraps them."""

    files: Files
    sources: Sources
    bus: Bus
    clock: Clock

    def __call__(self, messages: Sequence[Message]) -> Mapping[str, HubError]:
        """Returns the failures by message id."""
        return each(messages, self._load)

    def _load(self, message: Message) -> None:
        try:
            dropped = message.body["detail"]["object"]
            key, etag = dropped["key"], dropped["etag"]
        except (KeyError, TypeError) as wrong:
            raise Rejected("does not announce a file", "detail.object") from wrong
        load_file(key, etag, files=self.files, sources=self.sources, bus=self.bus, clock=self.clock)
