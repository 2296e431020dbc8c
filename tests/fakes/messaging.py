"""Bus, queues, topic and schedule: what goes on to somewhere else."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hub.kernel.errors import Unavailable
from hub.kernel.queue_message import QueueMessage
from hub.messaging.ports import Refusals
from hub.model.decision import Action, Timer
from hub.model.event import Event
from hub.model.inbound_payload import InboundPayload

MOST_BYTES = 256 * 1024

T = TypeVar("T")


def _take(items: Sequence[T], form: Callable[[T], Any], keep: Callable[[T], None]) -> Refusals:
    """Keeps what has a JSON form of 256 KB at most; index -> reason for the rest."""
    refusals: dict[int, str] = {}
    for index, item in enumerate(items):
        reason = _reason(form(item))
        if reason:
            refusals[index] = reason
        else:
            keep(item)
    return refusals


def _reason(value: Any) -> str:
    try:
        size = len(json.dumps(value, ensure_ascii=False).encode())
    except TypeError as error:
        return f"is not JSON: {error}"
    return f"is {size} bytes" if size > MOST_BYTES else ""


class Bus:
    """`published` holds (source, detail) in order."""

    def __init__(self) -> None:
        self.payloads: list[InboundPayload] = []
        self.published: list[tuple[str, Mapping[str, Any]]] = []

    def publish_payloads(self, payloads: Sequence[InboundPayload]) -> Refusals:
        return _take(payloads, InboundPayload.to_dict, self.payloads.append)

    def publish(self, source: str, details: Sequence[Mapping[str, Any]]) -> Refusals:
        return _take(details, dict, lambda detail: self.published.append((source, detail)))

    def publish_one(self, source: str, detail: Mapping[str, Any]) -> None:
        for reason in self.publish(source, [detail]).values():
            subject = detail["type"] if "type" in detail else detail["event_type"]
            raise Unavailable(f"the bus did not take {subject}: {reason}")


class CustomerQueue:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def send(self, events: Sequence[Event]) -> Refusals:
        return _take(events, Event.to_dict, self._keep)

    def _keep(self, event: Event) -> None:
        if event.id not in {e.id for e in self.events if e.customer_id == event.customer_id}:
            self.events.append(event)


class RetryQueue:
    def __init__(self) -> None:
        self.bodies: list[Mapping[str, Any]] = []

    def send(self, bodies: Sequence[Mapping[str, Any]]) -> Refusals:
        return _take(bodies, dict, self.bodies.append)


class ActionTopic:
    def __init__(self) -> None:
        self.actions: list[Action] = []

    def publish(self, actions: Sequence[Action]) -> Refusals:
        return _take(actions, Action.to_dict, self.actions.append)


class TimerSchedule:
    def __init__(self) -> None:
        self.timers: dict[str, Timer] = {}

    def set(self, timer: Timer) -> None:
        self.timers.setdefault(timer.id, timer)


class DeadLetters:
    def __init__(self) -> None:
        self.letters: list[tuple[QueueMessage, Mapping[str, str]]] = []

    def send(self, message: QueueMessage, why: Mapping[str, str]) -> None:
        self.letters.append((message, {name: value for name, value in why.items() if value}))
