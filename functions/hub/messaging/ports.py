"""Ports: the event bus, the queues, dead letters and the claim check."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.kernel.queue_message import QueueMessage
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload

Refusals = Mapping[int, str]


class Bus(Protocol):
    """The event bus. Every entry's own result is checked."""

    def publish_payloads(self, payloads: Sequence[InboundPayload]) -> Refusals: ...

    def publish(self, source: str, details: Sequence[Mapping[str, Any]]) -> Refusals:
        """`kind` is `segue.event`, `segue.decision` or `segue.outcome`; the detail type is the
        record's own `type` or `event_type`."""


class CustomerQueue(Protocol):
    """The ordered way to `decide`: one group a customer, repeats of an event id dropped."""

    def send(self, events: Sequence[Event]) -> Refusals: ...


class RetryQueue(Protocol):
    """Where `dispatch` sends itself, for later, what it could not publish."""

    def send(self, bodies: Sequence[Mapping[str, Any]]) -> Refusals: ...


class DeadLetters(Protocol):
    """What a stage gave up on: the message as it came and, beside it, why it lies there."""

    def send(self, message: QueueMessage, why: Mapping[str, str]) -> None: ...


class ClaimCheck(Protocol):
    """Bodies too large for the bus, kept aside (the claim-check pattern)."""

    def put(self, name: str, body: bytes) -> str: ...

    def get(self, key: str) -> bytes: ...


class Visibility(Protocol):
    """When a message that failed is seen again."""

    def hide(self, message: QueueMessage, seconds: int) -> None: ...
