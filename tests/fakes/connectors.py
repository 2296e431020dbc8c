"""What connectors are called through."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hub.delivery.domain.connector.circuit_breaker import Throttle
from hub.delivery.domain.connector.http_message import Answer, Request
from hub.kernel.errors import Conflict, Rejected
from hub.kernel.queue_message import Message


class Http:
    """`asked` are the requests in order; each is answered by `answer`, which may raise."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._answer = answer
        self.asked: list[Request] = []

    def send(self, request: Request, seconds: float) -> Answer:  # noqa: ARG002 the port's shape
        if not request.url.startswith("https://"):
            raise Rejected("its address is not https://host", "url")
        self.asked.append(request)
        return self._answer(request)


class Throttles:
    def __init__(self) -> None:
        self.states: dict[str, Throttle] = {}

    def read(self, name: str) -> Throttle:
        return self.states.get(name, Throttle())

    def write(self, name: str, state: Throttle) -> None:
        if self.read(name).version != state.version:
            raise Conflict("throttles: another version is stored")
        self.states[name] = replace(state, version=state.version + 1)


class Tokens:
    def __init__(self) -> None:
        self.kept: dict[str, Mapping[str, Any]] = {}

    def read(self, connector: str) -> Mapping[str, Any]:
        return self.kept.get(connector, {})

    def keep(self, connector: str, token: Mapping[str, Any]) -> None:
        self.kept[connector] = token


class Visibility:
    """`hidden` is message id -> seconds."""

    def __init__(self) -> None:
        self.hidden: dict[str, int] = {}

    def hide(self, message: Message, seconds: int) -> None:
        self.hidden[message.id] = seconds
