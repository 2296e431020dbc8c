"""What connectors are called through."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hub.delivery.domain.connector.circuit_breaker import ThrottleState
from hub.delivery.domain.connector.http_message import HttpRequest, HttpResponse
from hub.kernel.errors import Conflict, Rejected
from hub.kernel.queue_message import QueueMessage


class OutboundHttp:
    """`asked` are the requests in order; each is answered by `answer`, which may raise."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer
        self.asked: list[HttpRequest] = []

    def send(self, request: HttpRequest, seconds: float) -> HttpResponse:  # noqa: ARG002 the port's shape
        if not request.url.startswith("https://"):
            raise Rejected("its address is not https://host", "url")
        self.asked.append(request)
        return self._answer(request)


class ThrottleStates:
    def __init__(self) -> None:
        self.states: dict[str, ThrottleState] = {}

    def read(self, name: str) -> ThrottleState:
        return self.states.get(name, ThrottleState())

    def write(self, name: str, state: ThrottleState) -> None:
        if self.read(name).version != state.version:
            raise Conflict("throttles: another version is stored")
        self.states[name] = replace(state, version=state.version + 1)


class OAuthTokens:
    def __init__(self) -> None:
        self.kept: dict[str, Mapping[str, Any]] = {}

    def read(self, connector: str) -> Mapping[str, Any]:
        return self.kept.get(connector, {})

    def store(self, connector: str, token: Mapping[str, Any]) -> None:
        self.kept[connector] = token


class Visibility:
    """`hidden` is message id -> seconds."""

    def __init__(self) -> None:
        self.hidden: dict[str, int] = {}

    def hide(self, message: QueueMessage, seconds: int) -> None:
        self.hidden[message.id] = seconds
