"""The ports to the event bus, the queues, the dead letters and the claim check."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from hub.kernel.json_types import JsonObject
from hub.kernel.queue_message import QueueMessage
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload

Refusals = Mapping[int, str]
"""The reasons of what was refused, by its index in the call."""


class Bus(Protocol):
    """The event bus. It checks the result of every single entry."""

    def publish_payloads(self, payloads: Sequence[InboundPayload]) -> Refusals: ...

    def publish(self, source: str, details: Sequence[JsonObject]) -> Refusals:
        """Publishes records of one kind of `hub.messaging.domain.bus_records`.

        The detail type is the record's own `type` or `event_type`.
        """

    def publish_one(self, source: str, detail: JsonObject) -> None:
        """Publishes one record. Raises `Unavailable` when the bus does not take it."""


class CustomerQueue(Protocol):
    """The ordered queue of `decide`: one group a customer, and it drops repeated event ids."""

    def send(self, events: Sequence[Event]) -> Refusals: ...


class RetryQueue(Protocol):
    """The queue through which a function sends itself work for later."""

    def send(self, bodies: Sequence[JsonObject]) -> Refusals: ...


class DeadLetters(Protocol):
    """The messages that failed for good in one stage, each with its reason."""

    def send(self, message: QueueMessage, attributes: Mapping[str, str]) -> None: ...


class ClaimCheck(Protocol):
    """The bodies that are too large for the bus (the claim-check pattern)."""

    def put(self, name: str, body: bytes) -> str:
        """Stores a body and returns its key; the same name gives the same key."""

    def get(self, key: str) -> bytes:
        """Returns the body of a key. Raises `Rejected` if it has expired."""


class Visibility(Protocol):
    """The time at which a queue delivers a failed message again."""

    def hide(self, message: QueueMessage, seconds: int) -> None: ...
